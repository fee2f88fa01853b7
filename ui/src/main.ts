// Owns the start of the window: first questions, styles, state, frame. The questions stand first, because modules run
// in the order they are named in.

import { backend } from "./ipc/early";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import Window from "./Window.svelte";
import { App } from "./state/app.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no place for the app");

const app = new App(await backend);
mount(Window, { target, props: { app } });
