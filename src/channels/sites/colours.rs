//! The site's own colours, made readable on the theme's papers: contrast after WCAG 2.2, 1.4.3.

/// Contrast that text needs against what it stands on.
const READABLE: f64 = 4.5;
/// How much nearer to the ink each try is; after the last one it is the ink.
const STEPS: u32 = 50;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour([f64; 3]);

impl Colour {
    /// `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok().map(f64::from);
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// `#rrggbb`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a channel lies between 0 and 255")]
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0.map(|channel| channel.round().clamp(0.0, 255.0) as u8);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The colour, mixed with as much ink as it takes to be read on a paper.
    pub fn readable_on(self, paper: Self, ink: Self) -> Self {
        let mixed = |step: u32| {
            let share = f64::from(step) / f64::from(STEPS);
            let channel = |at: usize| self.0[at] + (ink.0[at] - self.0[at]) * share;
            Self([channel(0), channel(1), channel(2)])
        };
        (0..STEPS).map(mixed).find(|colour| colour.contrast(paper) >= READABLE).unwrap_or(ink)
    }

    /// What is read better on this colour: the paper or the ink.
    pub fn text_upon(self, paper: Self, ink: Self) -> Self {
        if self.contrast(paper) >= self.contrast(ink) { paper } else { ink }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_darkened_until_it_reads() {
        let (paper, dark) = (Colour::parse("#f3ecdf").unwrap(), Colour::parse("#26221c").unwrap());
        for (text, is_kept) in [("#33605f", true), ("#d9a860", false), ("#ffffff", false), ("#000000", true)] {
            let colour = Colour::parse(text).unwrap();
            let ink = colour.readable_on(paper, dark);
            assert!(ink.contrast(paper) >= READABLE, "{text} became {}", ink.hex());
            assert_eq!(ink == colour, is_kept, "{text}");
        }
        assert_eq!(Colour::parse("red"), None);
        assert_eq!(Colour::parse("#33605é"), None);
    }

    #[test]
    fn a_section_in_any_colour_can_be_read() {
        let paper = |text: &str| Colour::parse(text).unwrap();
        let (light, deep, dark) = (paper("#faf6ee"), paper("#f3ecdf"), paper("#26221c"));
        for number in (0..=0x00ff_ffff).step_by(4_369) {
            let ground = Colour::parse(&format!("#{number:06x}")).unwrap().readable_on(deep, dark);
            for text in [light, deep] {
                assert!(ground.contrast(text) >= READABLE, "{} on {}", text.hex(), ground.hex());
            }
        }
    }

    #[test]
    fn text_upon_a_colour_is_what_contrasts_more() {
        let (paper, ink) = (Colour::parse("#faf6ee").unwrap(), Colour::parse("#26221c").unwrap());
        assert_eq!(Colour::parse("#33605f").unwrap().text_upon(paper, ink), paper);
        assert_eq!(Colour::parse("#d9a860").unwrap().text_upon(paper, ink), ink);
    }
}
