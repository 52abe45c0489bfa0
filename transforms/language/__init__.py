"""Is this text Arabic, does it mix languages, or is it another language of the same script?"""

from transforms.language.detect import LanguageVerdict, detect_language

__all__ = ["LanguageVerdict", "detect_language"]
