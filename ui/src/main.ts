// Owns the start of the window: first questions, styles, state, frame. The questions stand first, because modules run
// in the order they are named in.

import { backend } from "./ipc/early";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import Window from "./Window.svelte";
import { nameBackTab } from "./lib/back-tab";
import { App } from "./state/app.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no place for the app");

nameBackTab(document);

// Not awaited by the file itself: the pretended backend is a file that needs what stands in this one, and each would
// wait for the other.
void backend.then((answered) => mount(Window, { target, props: { app: new App(answered) } }));
