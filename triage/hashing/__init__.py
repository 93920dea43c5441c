"""Perceptual hashes of images and videos, and searches for which of them match.

From bytes to a match, in reading order:

digests            MD5, SHA-1 and SHA-256 of raw bytes
resampling         a luma plane to small grids
perceptual         the grids to PDQ and pHash
difference_hash    the difference hash of a window, which confirms PDQ
orientations       hashes of the eight rotated and mirrored forms
photo_region       the photograph within borders, captions and screens
crop_windows       which parts of an image have hashes of their own
window_hashing     the hashes of these windows
window_codec       their stored form
hamming_index      exact search of 256-bit hashes
match_quality      which images hashes can tell apart
match_index        which images match one image
uneven_crops       crops and tilts between the stored windows
match_groups       groups of matching images
letterbox          frames of videos without their bars
video_frames       the hashed frames of a video
video_relations    the relation of two videos
video_search       which videos and images share frames

docs/hashing.md says what is compared and what is found.
"""
