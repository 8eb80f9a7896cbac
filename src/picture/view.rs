//! Where the nodes appear: a plane network head on, one in space in perspective, from obliquely above.

use glam::{DMat3, DVec2, DVec3};

/// The distance of the eye, in radii of the network: near enough to tell near from far, far enough to bend nothing.
const EYE: f64 = 4.0;
/// Turns about the upright axis and tilts towards the eye, in radians, that are tried.
const TURNS: usize = 24;
const TILTS: [f64; 4] = [0.2, 0.33, 0.46, 0.6];

/// The nodes as they appear.
#[derive(Debug)]
pub(super) struct View {
    /// All nodes lie in one plane that is seen head on.
    pub plane: bool,
    /// All nodes lie on one circle that is seen head on, about this centre.
    pub circle: Option<DVec2>,
    /// x to the right and y up.
    pub places: Vec<DVec2>,
    /// From 0, the nearest, to 1, the farthest; 0 in a plane network.
    pub depths: Vec<f64>,
    /// How much larger than in the middle things look at a node.
    pub scales: Vec<f64>,
    /// The nodes in units of half the network's extent, about its middle.
    pub points: Vec<DVec3>,
}

/// Positions about their middle, none farther than 1 from it; what is no number counts as the origin.
fn normalised(positions: &[DVec3]) -> Vec<DVec3> {
    let mut points: Vec<DVec3> = positions
        .iter()
        .map(|p| if p.is_finite() { *p } else { DVec3::ZERO })
        .collect();
    // Twice, as the difference of two great numbers may be too great for one.
    let largest = points.iter().map(|p| p.abs().max_element()).fold(0.0, f64::max);
    scale(&mut points, largest);
    let least = points.iter().copied().fold(DVec3::MAX, DVec3::min);
    let most = points.iter().copied().fold(DVec3::MIN, DVec3::max);
    for point in &mut points {
        *point -= (least + most) / 2.0;
    }
    let radius = points.iter().map(|p| p.length()).fold(0.0, f64::max);
    scale(&mut points, radius);
    points
}

fn scale(points: &mut [DVec3], unit: f64) {
    if unit > 1e-300 {
        for point in points {
            *point /= unit;
        }
    }
}

/// Looks at a network.
pub(super) fn look(positions: &[DVec3]) -> View {
    let points = normalised(positions);
    let plane = points.iter().all(|p| p.z.abs() < 1e-9);
    let mut view = View {
        plane,
        circle: None,
        places: points.iter().map(|p| p.truncate()).collect(),
        depths: vec![0.0; points.len()],
        scales: vec![1.0; points.len()],
        points,
    };
    if plane {
        view.circle = circle(&view.places);
    } else {
        let turned = best_turn(&view.points);
        perspective(&mut view, &turned);
    }
    view
}

/// The network turned and tilted, y leading away from the eye and z up.
fn turned(points: &[DVec3], turn: f64, tilt: f64) -> Vec<DVec3> {
    let (sin, cos) = libm::sincos(turn);
    let turn = DMat3::from_cols(DVec3::new(cos, sin, 0.0), DVec3::new(-sin, cos, 0.0), DVec3::Z);
    let (sin, cos) = libm::sincos(tilt);
    let tilt = DMat3::from_cols(DVec3::X, DVec3::new(0.0, cos, sin), DVec3::new(0.0, -sin, cos));
    points.iter().map(|&p| tilt * (turn * p)).collect()
}

fn projected(p: DVec3) -> DVec2 {
    DVec2::new(p.x, p.z) * (EYE / (EYE + p.y))
}

/// The turn in which the fewest nodes hide others; of equal ones the first.
fn best_turn(points: &[DVec3]) -> Vec<DVec3> {
    let mut best = (0, points.to_vec());
    for tilt in TILTS {
        for turn in 0..TURNS {
            // Not along the axes, where the rows of a lattice hide one another.
            let turn = (turn as f64 + 0.45) * std::f64::consts::TAU / TURNS as f64;
            let turned = turned(points, turn, tilt);
            let apart = apart(&turned);
            if apart > best.0 {
                best = (apart, turned);
            }
        }
    }
    best.1
}

/// How many squares are taken of a grid that has four for each node.
fn apart(turned: &[DVec3]) -> usize {
    // The network appears within [-1.4, 1.4]².
    let side = 1.4 / (turned.len() as f64).sqrt();
    let across = (2.8 / side) as usize + 2;
    let mut taken = vec![false; across * across];
    for p in turned {
        let at = (projected(*p) + 1.4).max(DVec2::ZERO) / side;
        let square = (at.y as usize).min(across - 1) * across + (at.x as usize).min(across - 1);
        taken[square] = true;
    }
    taken.into_iter().filter(|&taken| taken).count()
}

fn perspective(view: &mut View, turned: &[DVec3]) {
    let nearest = turned.iter().map(|p| p.y).fold(f64::MAX, f64::min);
    let farthest = turned.iter().map(|p| p.y).fold(f64::MIN, f64::max);
    let range = (farthest - nearest).max(1e-12);
    for (node, p) in turned.iter().enumerate() {
        let scale = EYE / (EYE + p.y);
        view.scales[node] = scale;
        view.places[node] = projected(*p);
        view.depths[node] = (p.y - nearest) / range;
    }
}

/// The centre of the circle that all places lie on, if they do.
fn circle(places: &[DVec2]) -> Option<DVec2> {
    let centre = places.iter().sum::<DVec2>() / places.len() as f64;
    let radius = places.first()?.distance(centre);
    let on = |p: &DVec2| (p.distance(centre) - radius).abs() < 1e-4 * radius;
    (places.len() >= 5 && radius > 0.1 && places.iter().all(on)).then_some(centre)
}
