//! What a guest wishes: days, guests, rooms; read from the parameters of `/book` and checked before anybody is sent anywhere.

use jiff::{ToSpan as _, civil::Date};

/// Longest stay that a link asks for: engines refuse more.
const MOST_NIGHTS: i64 = 90;
/// Most rooms of one link.
const MOST_ROOMS: usize = 9;
/// Most people of one kind in a room.
const MOST_GUESTS: u32 = 20;
/// Age from which a guest is no child.
const GROWN_UP: u32 = 18;
/// Age below which engines count an infant.
pub(super) const NO_INFANT: u32 = 2;
/// Longest code that is passed on.
const CODE_LENGTH: usize = 64;

/// Why a wish is not passed on. The name is that of a parameter, the code says what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StayProblem {
    /// The parameter.
    pub field: &'static str,
    /// `invalid`, `past` or `before_arrival`.
    pub code: &'static str,
}

/// The guests of one room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Grown-ups.
    pub adults: u32,
    /// Children, infants among them.
    pub children: u32,
    /// The children's ages, as far as they are known.
    pub ages: Vec<u32>,
}

/// A stay that somebody wishes to book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stay {
    /// The day of arrival and that of departure.
    pub days: Option<(Date, Date)>,
    /// Who sleeps where; empty where nobody said.
    pub rooms: Vec<Party>,
    /// How many rooms, where nobody said who sleeps where.
    pub room_count: Option<usize>,
    /// The code of an offer.
    pub promo: Option<String>,
    /// The code of a group.
    pub group: Option<String>,
    /// The room: an entry's slug, or the engine's code.
    pub room: Option<String>,
    /// The engine's code of a rate.
    pub rate: Option<String>,
}

impl Stay {
    /// Reads the parameters. `today` is the hotel's.
    pub fn read<'q>(get: impl Fn(&str) -> Option<&'q str>, today: Date) -> Result<Self, Vec<StayProblem>> {
        let mut problems = Vec::new();
        let given = |name: &str| get(name).map(str::trim).filter(|value| !value.is_empty());
        let days = days(&given, today).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let (rooms, room_count) = guests(&given).unwrap_or_else(|field| {
            problems.push(StayProblem { field, code: "invalid" });
            (Vec::new(), None)
        });
        let mut code = |name: &'static str| match given(name) {
            Some(value) if value.chars().count() > CODE_LENGTH || value.chars().any(char::is_control) => {
                problems.push(StayProblem { field: name, code: "invalid" });
                None
            }
            value => value.map(str::to_owned),
        };
        let (promo, group, room, rate) = (code("promo"), code("group"), code("room"), code("rate"));
        if problems.is_empty() { Ok(Self { days, rooms, room_count, promo, group, room, rate }) } else { Err(problems) }
    }

    pub(super) fn nights(&self) -> Option<i64> {
        let (arrival, departure) = self.days?;
        Some(i64::from(arrival.until(departure).ok()?.get_days()))
    }
}

fn days<'q>(get: &impl Fn(&str) -> Option<&'q str>, today: Date) -> Result<Option<(Date, Date)>, StayProblem> {
    let problem = |field, code| StayProblem { field, code };
    let day = |name: &'static str| match get(name) {
        None => Ok(None),
        Some(text) => text.parse::<Date>().map(Some).map_err(|_| problem(name, "invalid")),
    };
    let (arrival, departure) = (day("checkin")?, day("checkout")?);
    let nights = match get("nights").filter(|_| departure.is_none()) {
        None => None,
        Some(text) => {
            let count = text.parse::<i64>().ok().filter(|count| (1..=MOST_NIGHTS).contains(count));
            Some(count.ok_or_else(|| problem("nights", "invalid"))?)
        }
    };
    let Some(arrival) = arrival else {
        // Nights alone say nothing; a departure without an arrival is a slip.
        return if departure.is_some() { Err(problem("checkin", "invalid")) } else { Ok(None) };
    };
    if arrival < today {
        return Err(problem("checkin", "past"));
    }
    let departure = match (departure, nights) {
        (Some(departure), _) => departure,
        (None, nights) => arrival.checked_add(nights.unwrap_or(1).days()).map_err(|_| problem("checkin", "invalid"))?,
    };
    if departure <= arrival {
        return Err(problem("checkout", "before_arrival"));
    }
    let length = arrival.until(departure).map_or(i64::MAX, |span| i64::from(span.get_days()));
    if length > MOST_NIGHTS {
        return Err(problem("checkout", "invalid"));
    }
    Ok(Some((arrival, departure)))
}

/// `adults=2,1` and `ages=10;2,7` say it for each room, with `rooms=2` and `adults=3` they are spread.
fn guests<'q>(get: &impl Fn(&str) -> Option<&'q str>) -> Result<(Vec<Party>, Option<usize>), &'static str> {
    let numbers = |name: &'static str| {
        let list =
            get(name).map(|text| text.split(',').map(|one| one.trim().parse::<u32>()).collect::<Result<Vec<_>, _>>());
        let list = list.transpose().map_err(|_| name)?.unwrap_or_default();
        if list.iter().any(|count| *count > MOST_GUESTS) || list.len() > MOST_ROOMS { Err(name) } else { Ok(list) }
    };
    let (adults, children) = (numbers("adults")?, numbers("children")?);
    let ages = ages(get("ages"))?;
    let count = match get("rooms") {
        None => None,
        Some(text) => {
            let count = text.parse::<usize>().ok().filter(|count| (1..=MOST_ROOMS).contains(count));
            Some(count.ok_or("rooms")?)
        }
    };
    if adults.is_empty() && children.is_empty() && ages.is_empty() {
        return Ok((Vec::new(), count));
    }
    let rooms = count.unwrap_or(1).max(adults.len()).max(ages.len());
    let adults = spread(adults, rooms, 2);
    let children = spread(children, rooms, 0);
    let party = |room: usize| {
        let ages = ages.get(room).cloned().unwrap_or_default();
        let said = children.get(room).copied().unwrap_or_default();
        let counted = u32::try_from(ages.len()).unwrap_or_default();
        Party { adults: adults.get(room).copied().unwrap_or_default(), children: said.max(counted), ages }
    };
    let rooms: Vec<Party> = (0..rooms).map(party).collect();
    if rooms.iter().any(|room| room.adults == 0) { Err("adults") } else { Ok((rooms, count)) }
}

/// One number for several rooms is shared among them, the first ones getting more; none is the usual one in each.
fn spread(given: Vec<u32>, rooms: usize, usual: u32) -> Vec<u32> {
    let count = u32::try_from(rooms).unwrap_or(1).max(1);
    match given[..] {
        [] => vec![usual; rooms],
        [all] if rooms > 1 => (0..count).map(|room| all / count + u32::from(room < all % count)).collect(),
        _ => given,
    }
}

fn ages(text: Option<&str>) -> Result<Vec<Vec<u32>>, &'static str> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let room = |text: &str| {
        let ages: Result<Vec<u32>, _> =
            text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::parse::<u32>).collect();
        ages.ok().filter(|ages| ages.iter().all(|age| *age < GROWN_UP)).ok_or("ages")
    };
    let rooms: Vec<Vec<u32>> = text.split(';').map(room).collect::<Result<_, _>>()?;
    if rooms.len() > MOST_ROOMS { Err("ages") } else { Ok(rooms) }
}
