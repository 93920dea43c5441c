"""The guide in the app: an offline window that searches it and opens at the section of the screen one is on."""
