"""Line drawings on a 24 × 24 grid, our own: a name and the path to stroke."""

ICONS = {
    "mark": "M5 19h4v-5h4V9h4V4h3",
    "building": "M4 20h16M6 20V5h8v15M14 9h4v11M9 8h2M9 12h2M9 16h2",
    "ladder": "M4 20h5v-6h5V8h5V4M4 14v6M9 8v6",
    "database": "M5 6c0-2 14-2 14 0v12c0 2-14 2-14 0zM5 6c0 2 14 2 14 0M5 12c0 2 14 2 14 0",
    "sliders": "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
    "search": "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M20 20l-4.9-4.9",
    "sun": "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",  # noqa: E501 - one path
    "moon": "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z",
    "auto": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16M12 4v16M15 6v12M18 8.5v7",
    "user": "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M5 20c0-5 14-5 14 0",
    "out": "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
    "down": "M6 9l6 6 6-6",
    "up": "M6 15l6-6 6 6",
    "left": "M15 6l-6 6 6 6",
    "right": "M9 6l6 6-6 6",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "columns": "M4 5h16v14H4zM10 5v14M15 5v14",
    "bookmark": "M7 4h10v16l-5-4-5 4z",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "question": "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5",
    "calendar": "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
    "email": "M4 6h16v12H4zM4 7l8 6 8-6",
    "call": "M6 4h3l2 5-2 1.5a10 10 0 0 0 4.5 4.5L15 13l5 2v3c0 1-1 2-2 2C10 20 4 14 4 6c0-1 1-2 2-2z",  # noqa: E501 - one path
    "meeting": "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M16.5 7a2.5 2.5 0 1 1 0 5M3 19c0-5 10-5 10 0M15 14c3 0 6 1.5 6 5",  # noqa: E501 - one path
    "note": "M6 4h9l4 4v12H6zM9 11h7M9 15h5",
    "letter": "M4 8l8-5 8 5v12H4zM4 8l8 6 8-6",
    "in_app": "M4 5h16v11H9l-5 4z",
    "ticket": "M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.500a1.5 1.5 0 0 0 0-3z",
    "survey": "M5 20V10M10 20V4M15 20v-7M20 20V8",
    "outcome": "M6 21V4M6 5h12l-3 4 3 4H6",
    "advocacy": "M12 4l2.4 5 5.600.8-4 3.900.9 5.500L12 16.600 7.100 19.200l.9-5.500-4-3.900 5.600-.8z",  # noqa: E501 - one path
    "level": "M4 20h5v-6h5V8h5V4",
    "health": "M3 12h4l2.500-6 5 12 2.500-6h4",
    "play": "M8 5l11 7-11 7z",
    "pulse": "M12 20S4 15 4 9.500A4 4 0 0 1 12 8a4 4 0 0 1 8 1.500C20 15 12 20 12 20z",
    "change": "M4 8h13l-3-3M20 16H7l3 3",
    "money": "M12 3v18M16.500 7c-1-1.500-9-2.500-9 1.500s9 2.500 9 6.500-8 3.500-9.500 1",
    "warning": "M12 4l9 16H3zM12 10v4M12 17v.5",
    "clock": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16M12 8v4.500l3 2",
}
