"""The window: pages, status bar, menus, the background comparison."""
