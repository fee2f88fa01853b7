//! Owns `cargo xtask tour`: pictures of every screen and state in the real window, for people to look at.

use crate::driver::Window;
use crate::paths;
use crate::scenes::{Visitor, dress, theme, walk};
use crate::setup;
use crate::steps::{Failure, Outcome, Steps};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The window's sizes: as it opens, and the smallest it can be; and how large everything is drawn in it, in percent.
const SIZES: &[(u32, u32, u32)] = &[(1180, 760, 100), (880, 600, 100), (1180, 760, 200), (880, 600, 200)];

/// Takes the pictures and writes a page that shows them side by side.
pub async fn tour(out: Option<PathBuf>) -> Outcome<()> {
    let steps = Steps::default();
    setup::prepare(&steps, true)?;
    setup::build(&steps)?;
    let folder = out.unwrap_or_else(|| paths::target().join("tour"));
    std::fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
    let mut photographer = Photographer { folder: folder.clone(), steps, scenes: Vec::new() };
    let walked = walk(&mut photographer).await;
    let index = folder.join("index.html");
    std::fs::write(&index, contact_sheet(&photographer.scenes)).map_err(|error| cannot_write(&index, &error))?;
    photographer.steps.say(&format!("{} scenes; look at {}", photographer.scenes.len(), index.display()));
    walked
}

/// The word that the zoom changed would lie on every picture.
const PUT_ZOOM_AWAY: &str = "
    const toast = document.querySelector('[data-testid=toast]');
    if (toast?.textContent.includes('Zoom')) toast.querySelector('[data-testid=toast-dismiss]').click();";

struct Photographer {
    folder: PathBuf,
    steps: Steps,
    scenes: Vec<String>,
}

impl Visitor for Photographer {
    async fn visit(&mut self, window: &Window, scene: &str) -> Outcome<()> {
        let own = theme(window).await?;
        let (width, height, ordinary) = SIZES[0];
        for (width, height, percent) in SIZES {
            // A locked app changes nothing.
            if window.invoke("set_zoom", json!({ "percent": percent })).await?.is_err() {
                continue;
            }
            window.resize_zoomed(*width, *height, *percent).await?;
            window.run(PUT_ZOOM_AWAY, vec![]).await?;
            for theme in ["light", "dark"] {
                dress(window, theme).await?;
                window.picture(&self.folder.join(file_name(scene, theme, *width, *percent))).await?;
            }
        }
        dress(window, own.as_str().unwrap_or("light")).await?;
        window.invoke("set_zoom", json!({ "percent": ordinary })).await?.ok();
        window.resize(width, height).await?;
        window.run(PUT_ZOOM_AWAY, vec![]).await?;
        self.steps.say(scene);
        self.scenes.push(scene.to_owned());
        Ok(())
    }
}

fn file_name(scene: &str, theme: &str, width: u32, percent: u32) -> String {
    if percent == 100 {
        format!("{scene}-{theme}-{width}.png")
    } else {
        format!("{scene}-{theme}-{width}-{percent}.png")
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()), "name a folder that can be written")
}

fn contact_sheet(scenes: &[String]) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Latchkey, every screen</title>\
         <style>body{font:14px system-ui;margin:24px}section{margin-bottom:32px}div{display:flex;gap:12px;flex-wrap:wrap}\
         img{height:260px;border:1px solid #8888}</style><h1>Latchkey, every screen</h1>\n",
    );
    for scene in scenes {
        let _ = write!(page, "<section><h2>{scene}</h2><div>");
        for theme in ["light", "dark"] {
            for (width, _, percent) in SIZES {
                let file = file_name(scene, theme, *width, *percent);
                let _ = write!(
                    page,
                    "<a href=\"{file}\"><img src=\"{file}\" alt=\"{scene}, {theme}, {width} wide, {percent} %\" loading=\"lazy\"></a>"
                );
            }
        }
        page.push_str("</div></section>\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_shows_every_scene_in_both_themes_and_sizes() {
        let sheet = contact_sheet(&["keys".to_owned(), "lock".to_owned()]);
        assert!(sheet.contains("keys-dark-880.png") && sheet.contains("lock-light-1180-200.png"));
        assert_eq!(sheet.matches("<img").count(), 16);
    }
}
