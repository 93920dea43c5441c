"""The invented national feed, demo and training stores, and pictures of the screens. No part of the product."""
