// Owns the start of the window: styles, backend, state, frame.

import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import Window from "./Window.svelte";
import { chooseBackend } from "./ipc";
import { App } from "./state/app.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no place for the app");

const app = new App(await chooseBackend());
mount(Window, { target, props: { app } });
