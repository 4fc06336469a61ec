"""From approved text to sound: renditions of articles and lines, and bulletins joined from them."""

from broadcaster.rendering.render import RenderReport, render

__all__ = ["RenderReport", "render"]
