// Owns the floor's one mark: the page can be used from the frame after its script ran.

requestAnimationFrame(() => setTimeout(() => performance.mark("interactive")));
