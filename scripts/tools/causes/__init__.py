"""Why does light match? Three experiments that change a cause and watch the effect, over held-out scenes.

- `lamp`: the lamp of a scene is turned; does the edited face follow it?
- `photo_swap`: the photo is changed during the denoising; which photo's light does the edit have?
- `upbringings`: two adapters, trained on pairs that agree and on pairs that differ; which keeps light and expression?
"""
