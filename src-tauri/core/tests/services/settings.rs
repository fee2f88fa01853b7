//! Owns the proof of what the settings keep, and of what holds where they hold nothing of use.

use crate::house::House;
use latchkey_core::services::{Settings, Topic, Zoom};

const STEPS: [u32; 8] = [80, 90, 100, 110, 125, 150, 175, 200];

#[tokio::test]
async fn a_zoom_is_kept_over_a_restart_alone_and_with_all_other_settings() {
    let house = House::empty(&[]);
    assert_eq!(house.settings().unwrap().zoom, Zoom::ORDINARY);
    for percent in STEPS {
        let told = house.told.heard(Topic::App);
        let zoom = Zoom::from_percent(percent).unwrap();
        assert_eq!(house.set_zoom(zoom).unwrap().zoom.percent(), percent);
        assert!(house.told.heard(Topic::App) > told, "the window is not told of {percent} %");
        assert_eq!(house.restarted().settings().unwrap().zoom, zoom);
    }
    let settings = Settings { zoom: Zoom::from_percent(150).unwrap(), ..house.settings().unwrap() };
    house.set_settings(settings).unwrap();
    assert_eq!(house.restarted().settings().unwrap(), settings);
}

#[tokio::test]
async fn a_zoom_that_is_damaged_or_out_of_range_is_an_ordinary_one() {
    let house = House::empty(&[]);
    for kept in ["", "0", "79", "101", "201", "20000", "99999999999999", "-125", "+125%", "1.25", "NaN", "large", "\0"]
    {
        house.records.put_setting("zoom", kept).unwrap();
        assert_eq!(house.restarted().settings().unwrap().zoom, Zoom::ORDINARY, "{kept:?}");
    }
}

#[test]
fn a_zoom_goes_by_steps_and_no_farther_than_the_last() {
    let mut zoom = Zoom::from_percent(80).unwrap();
    assert_eq!(zoom.smaller(), zoom);
    for pair in STEPS.windows(2) {
        assert_eq!(zoom.larger().smaller(), zoom);
        zoom = zoom.larger();
        assert_eq!(zoom.percent(), pair[1]);
    }
    assert_eq!(zoom.larger(), zoom);
}
