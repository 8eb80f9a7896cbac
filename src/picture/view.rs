//! Where the nodes appear: a plane network head on, one in space in perspective, from obliquely above.

use glam::{DMat3, DVec2, DVec3};

/// The distance of the eye, in radii of the network: near enough to tell near from far, far enough to bend nothing.
const EYE: f64 = 4.0;
/// Turn about the upright axis and tilt towards the eye, in radians: neither a multiple of 15 degrees, so that the rows of
/// a lattice do not hide one another.
const TURN: f64 = 0.43;
const TILT: f64 = 0.38;

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
        perspective(&mut view);
    }
    view
}

fn perspective(view: &mut View) {
    let (sin, cos) = libm::sincos(TURN);
    let turn = DMat3::from_cols(DVec3::new(cos, sin, 0.0), DVec3::new(-sin, cos, 0.0), DVec3::Z);
    let (sin, cos) = libm::sincos(TILT);
    // The eye looks along y, z is up; the tilt lifts the far side.
    let tilt = DMat3::from_cols(DVec3::X, DVec3::new(0.0, cos, sin), DVec3::new(0.0, -sin, cos));
    let turned: Vec<DVec3> = view.points.iter().map(|&p| tilt * (turn * p)).collect();
    let nearest = turned.iter().map(|p| p.y).fold(f64::MAX, f64::min);
    let farthest = turned.iter().map(|p| p.y).fold(f64::MIN, f64::max);
    let range = (farthest - nearest).max(1e-12);
    for (node, p) in turned.iter().enumerate() {
        let scale = EYE / (EYE + p.y);
        view.scales[node] = scale;
        view.places[node] = DVec2::new(p.x, p.z) * scale;
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
