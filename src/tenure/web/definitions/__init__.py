"""Definitions as the settings show and change them: text, versions, differences, previews."""
