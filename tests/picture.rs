//! Pictures of networks: what is drawn is there, once, within the page; nothing else is written.
#![cfg(feature = "picture")]

use glam::DVec3;
use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::path::Path;
use tetraswarm::picture::{Colour, Excerpt, Layout, Network, Picture, Size, closing_links};
use tetraswarm::topology::{Tetrahedral, Topology};

fn network<'a>(positions: &'a [DVec3], links: &'a [(u32, u32)]) -> Network<'a> {
    Network {
        title: "a <network> & \"more\"",
        subtitle: "",
        caption: "",
        positions,
        links,
        colour: Colour::Length,
        closing: &[],
        ids: &[],
    }
}

fn draw(network: &Network<'_>) -> Picture {
    let size = Size {
        width: 400,
        height: Some(400),
    };
    Picture::new(network, size).unwrap()
}

fn links(topology: &dyn Topology) -> Vec<(u32, u32)> {
    let of = |node| topology.neighbours_of(node).into_iter().map(move |other| (node, other));
    (0..topology.nodes()).flat_map(of).filter(|(a, b)| a < b).collect()
}

fn circle(n: u32) -> Vec<DVec3> {
    let at = |i| TAU * f64::from(i) / f64::from(n);
    (0..n).map(|i| DVec3::new(at(i).sin(), at(i).cos(), 0.0)).collect()
}

/// Corners within corners; without trigonometry.
fn nested(levels: u32) -> Vec<DVec3> {
    let corners = [[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]].map(DVec3::from_array);
    let place = |v: u32| {
        (0..levels)
            .map(|d| corners[(v >> (2 * d) & 3) as usize] * f64::from(1 << d))
            .sum()
    };
    (0..1 << (2 * levels)).map(place).collect()
}

fn cubic(m: u32) -> (Vec<DVec3>, Vec<(u32, u32)>) {
    let positions = (0..m * m * m).map(|i| DVec3::new((i % m).into(), (i / m % m).into(), (i / m / m).into()));
    let links = (0..m * m * m).flat_map(|i| {
        [1, m, m * m].map(|step| {
            let digit = i / step % m;
            (i, i - digit * step + (digit + 1) % m * step)
        })
    });
    (positions.collect(), links.collect())
}

/// The coordinates of each stroke of a document, which must be sound XML, and how many discs there are; without the paper
/// round either.
fn marks(svg: &str) -> (Vec<Vec<f64>>, usize) {
    let document = roxmltree::Document::parse(svg).unwrap();
    let mut strokes = Vec::new();
    let mut discs = 0;
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let parent_is_halo = element.parent().and_then(|p| p.attribute("stroke")) == Some("#ffffff");
        match element.tag_name().name() {
            "path" if !parent_is_halo => {
                for one in element.attribute("d").unwrap().split('M').skip(1) {
                    let numbers = one.split([' ', 'L', 'C']).filter(|word| !word.is_empty());
                    strokes.push(numbers.map(|word| word.parse().unwrap()).collect());
                }
            }
            "circle" if element.parent().and_then(|p| p.attribute("fill")) != Some("#ffffff") => discs += 1,
            _ => {}
        }
    }
    (strokes, discs)
}

/// Draws a network whose legend has so many strokes, which must show so many links.
fn check(network: &Network<'_>, legend: usize, expected: usize) {
    let svg = draw(network).to_svg();
    let (strokes, discs) = marks(&svg);
    assert_eq!(strokes.len() - legend, expected, "strokes");
    assert!(discs <= network.positions.len());
    for number in strokes.iter().flatten() {
        assert!((0.0..=400.0).contains(number), "{number} is off the page");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn every_link_is_one_stroke() {
    let ring: Vec<(u32, u32)> = (0..64)
        .flat_map(|i| [1, 2, 3, 5, 8, 13, 21].map(|step| (i, (i + step) % 64)))
        .collect();
    check(&network(&circle(64), &ring), 24, 64 * 7);
    let tetrahedra = Tetrahedral::open(5);
    let links = links(&tetrahedra);
    assert_eq!(links.len(), 2046);
    let levels: Vec<u32> = links
        .iter()
        .map(|&(a, b)| if a / 4 == b / 4 { 0 } else { (a ^ b).ilog2() / 2 })
        .collect();
    let positions = nested(5);
    let of_levels = Network {
        colour: Colour::Level {
            of: &levels,
            names: &["within".to_owned()],
        },
        ..network(&positions, &links)
    };
    check(&of_levels, 5, 2046);
    let svg = draw(&of_levels).to_svg();
    assert!(
        svg.contains(">within</text>") && svg.contains(">level 4</text>"),
        "the legend"
    );
}

#[test]
fn links_round_the_outside_of_a_crystal_are_left_out_and_said_to_be() {
    let (positions, links) = cubic(6);
    let closing = closing_links(&positions, &links);
    assert_eq!(closing.iter().filter(|&&closing| closing).count(), 3 * 36);
    let crystal = Network {
        closing: &closing,
        ..network(&positions, &links)
    };
    // All are of one length: there is no legend.
    check(&crystal, 0, 3 * 216 - 3 * 36);
    assert!(
        draw(&crystal)
            .to_svg()
            .contains("108 links that lead round the outside")
    );
    // Of two nodes in a row, neither link is the long way.
    let (positions, links) = cubic(2);
    assert!(!closing_links(&positions, &links).contains(&true));
}

#[test]
fn nearer_links_are_wider_and_painted_later() {
    let (positions, links) = cubic(4);
    let closing = closing_links(&positions, &links);
    let svg = draw(&Network {
        closing: &closing,
        ..network(&positions, &links)
    })
    .to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let strokes = document
        .descendants()
        .filter(|n| n.attribute("stroke").is_some_and(|s| s != "#ffffff" && s != "none"));
    let widths: Vec<f64> = strokes
        .map(|n| n.attribute("stroke-width").unwrap().parse().unwrap())
        .collect();
    assert!(
        widths.len() > 5 && widths.is_sorted() && widths[0] < *widths.last().unwrap(),
        "{widths:?}"
    );
}

#[test]
fn a_plane_network_is_seen_head_on() {
    let positions: Vec<DVec3> = (0..4)
        .map(|i| DVec3::new(f64::from(i % 2), f64::from(i / 2), 7.0))
        .collect();
    // Large enough for numbers to be read.
    let size = Size {
        width: 800,
        height: None,
    };
    let square = [(0, 1), (1, 3), (3, 2), (2, 0)];
    let svg = Picture::new(&network(&positions, &square), size).unwrap().to_svg();
    let (strokes, discs) = marks(&svg);
    assert_eq!((strokes.len(), discs), (4, 4));
    assert!(strokes.iter().all(|s| s[0] == s[2] || s[1] == s[3]), "{strokes:?}");
    for number in 0..4 {
        assert!(
            svg.contains(&format!(">{number}</text>")),
            "node {number} has its number"
        );
    }
}

/// Width, height and how many pixels are not white.
fn decoded(png: &[u8]) -> (u32, u32, usize) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let inked = pixels[..info.buffer_size()]
        .chunks(3)
        .filter(|p| p != &[255, 255, 255])
        .count();
    (info.width, info.height, inked)
}

#[test]
fn a_png_has_its_size_and_some_ink_and_the_same_bytes_every_time() {
    let links = links(&Tetrahedral::open(4));
    let positions = nested(4);
    let network = network(&positions, &links);
    let picture = Picture::new(
        &network,
        Size {
            width: 500,
            height: Some(300),
        },
    )
    .unwrap();
    let png = picture.to_png().unwrap();
    let (width, height, inked) = decoded(&png);
    assert_eq!((width, height), (500, 300));
    assert!((4_000..60_000).contains(&inked), "{inked} of 150000 pixels");
    let again = Picture::new(
        &network,
        Size {
            width: 500,
            height: Some(300),
        },
    )
    .unwrap();
    assert_eq!(again.to_png().unwrap(), png);
    assert_eq!(again.to_svg(), picture.to_svg());
    // Without a height it suits the network.
    let fitting = Size {
        width: 500,
        height: None,
    };
    let row: Vec<DVec3> = (0..9).map(|x| DVec3::new(x.into(), 0.0, 0.0)).collect();
    assert_eq!(
        Picture::new(&self::network(&row, &[]), fitting).unwrap().size(),
        (500, 300)
    );
    assert_eq!(
        Picture::new(&self::network(&circle(9), &[]), fitting).unwrap().size(),
        (500, 500)
    );
}

#[test]
fn a_dense_ring_is_no_blot() {
    let n = 1000;
    let steps = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377];
    let dense: Vec<(u32, u32)> = (0..n).flat_map(|i| steps.map(|step| (i, (i + step) % n))).collect();
    let positions = circle(n);
    let svg = |links| {
        Picture::new(&network(&positions, links), Size::default())
            .unwrap()
            .to_svg()
    };
    let svgs = [svg(&dense), svg(&dense[..13])];
    let [many, few] = svgs.each_ref().map(|svg| {
        let document = roxmltree::Document::parse(svg).unwrap();
        let all = document.descendants().filter_map(|n| n.attribute("stroke-opacity"));
        all.map(|opacity| opacity.parse().unwrap()).collect::<Vec<f64>>()
    });
    // Links that cover the paper several times shine through; a few links do not.
    assert!(
        many.len() > 5 && many.iter().all(|&opacity| (0.03..0.9).contains(&opacity)),
        "{many:?}"
    );
    assert!(many.iter().any(|&opacity| opacity < 0.3), "{many:?}");
    assert!(few.iter().all(|&opacity| opacity > 0.9), "{few:?}");
}

#[test]
fn degenerate_networks_are_drawn_too() {
    let nan = DVec3::splat(f64::NAN);
    let far = DVec3::splat(f64::MAX);
    type Case = (&'static str, Vec<DVec3>, Vec<(u32, u32)>);
    let cases: [Case; 9] = [
        ("nothing", vec![], vec![]),
        ("one node", vec![DVec3::ONE], vec![]),
        ("one node linked to itself", vec![DVec3::ONE], vec![(0, 0)]),
        ("two nodes", vec![DVec3::ZERO, DVec3::X], vec![(0, 1)]),
        ("one above the other", vec![DVec3::ZERO, DVec3::Z], vec![(0, 1)]),
        (
            "all in one place",
            vec![DVec3::ONE; 50],
            (1..50).map(|i| (0, i)).collect(),
        ),
        (
            "no numbers",
            vec![nan, DVec3::X, DVec3::Y, nan],
            vec![(0, 1), (1, 2), (2, 3)],
        ),
        (
            "far away",
            vec![far, -far, DVec3::INFINITY, DVec3::Z],
            vec![(0, 1), (1, 2), (2, 3)],
        ),
        (
            "tiny",
            vec![DVec3::splat(5e-324), DVec3::ZERO, DVec3::X * 1e-310],
            vec![(0, 1), (1, 2)],
        ),
    ];
    for (name, positions, links) in cases {
        let picture = draw(&network(&positions, &links));
        let svg = picture.to_svg();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
        roxmltree::Document::parse(&svg).unwrap();
        let (.., inked) = decoded(&picture.to_png().unwrap());
        assert!(inked > 100, "{name}: the headline at least");
        let least = marks(&svg).1;
        assert!(least > 0 || positions.is_empty(), "{name}: no node is shown");
    }
}

#[test]
fn text_of_any_kind_keeps_the_document_sound() {
    let title = "\u{0}\u{8}]]> & <script> \u{fffe} 網 🜁 φ";
    let picture = draw(&Network {
        title,
        subtitle: title,
        caption: title,
        ..network(&[DVec3::ZERO], &[])
    });
    let svg = picture.to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let text = document
        .descendants()
        .find(|n| n.tag_name().name() == "text" && n.attribute("font-weight") == Some("500"));
    let written = document
        .descendants()
        .find(|n| n.tag_name().name() == "title")
        .unwrap()
        .text()
        .unwrap();
    assert_eq!(written, "\u{fffd}\u{fffd}]]> & <script> \u{fffd} 網 🜁 φ");
    assert!(text.is_some());
    picture.to_png().unwrap();
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let positions = circle(5);
    let good = network(&positions, &[(0, 4)]);
    let size = Size::default();
    let refused = |network: Network<'_>, size, word: &str| {
        let error = Picture::new(&network, size).unwrap_err();
        assert!(error.is_usage() && error.to_string().contains(word), "{error}");
    };
    let level = Colour::Level { of: &[], names: &[] };
    refused(
        Network {
            links: &[(0, 5)],
            ..good
        },
        size,
        "links 0 to 5, but has 5 nodes",
    );
    refused(Network { colour: level, ..good }, size, "levels for 0 of 1");
    refused(
        Network {
            closing: &[true; 2],
            ..good
        },
        size,
        "2 of 1 links",
    );
    refused(Network { ids: &[1], ..good }, size, "numbers for 1 of 5");
    refused(good, Size { width: 0, height: None }, "width of 0");
    refused(
        good,
        Size {
            width: 400,
            height: Some(9000),
        },
        "height of 9000",
    );
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let positions = circle(9);
    let picture = draw(&network(&positions, &[(0, 1)]));
    let at = |name: &str| folder.path().join(name);
    picture.write_png(&at("a.png")).unwrap();
    std::fs::write(at("a.svg"), "an older one").unwrap();
    picture.write_svg(&at("a.svg")).unwrap();
    assert_eq!(std::fs::read(at("a.png")).unwrap(), picture.to_png().unwrap());
    assert_eq!(std::fs::read_to_string(at("a.svg")).unwrap(), picture.to_svg());

    std::fs::create_dir(at("folder.png")).unwrap();
    for path in [at("missing/b.png"), at("folder.png"), at("a.png/c.png"), at("..")] {
        let error = picture.write_png(&path).unwrap_err().to_string();
        assert!(
            error.contains(&path.display().to_string()) && error.contains("cannot write the picture"),
            "{error}"
        );
    }
    assert_eq!(names(folder.path()), ["a.png", "a.svg", "folder.png"]);
}

/// The neighbours of a node of a square lattice without an end, as far as it matters.
fn square(node: u32) -> [u32; 4] {
    [node - 1, node + 1, node - 1000, node + 1000]
}

#[test]
fn a_ball_holds_exactly_the_nodes_that_its_caption_states() {
    // 1 + 4 + 8 + … + 4r nodes are within r links; 41 are within 4, 61 within 5.
    let centre = 500_500;
    for (most, expected) in [(41, 41), (60, 41), (61, 61), (1, 1)] {
        let ball = Excerpt::ball(1_000_000, centre, most, square);
        let within = |radius: i64| {
            let near = |v: i64| (v % 1000 - 500).abs() + (v / 1000 - 500).abs() <= radius;
            (0..1_000_000)
                .filter(|&v| near(v))
                .map(|v| v as u32)
                .collect::<Vec<_>>()
        };
        let radius = if expected == 41 {
            4
        } else if expected == 61 {
            5
        } else {
            0
        };
        assert_eq!(ball.nodes, within(radius), "{most}");
        assert_eq!(ball.nodes.len(), expected);
        let links = if radius == 1 {
            "1 link"
        } else {
            &format!("{radius} links")
        };
        let caption = format!("{expected} of 1,000,000 nodes: those within {links} of node 500500.");
        assert_eq!(ball.caption, caption);
        // Links among nodes within r: 2·(nodes) less half of those that lead outwards.
        let ids: BTreeSet<u32> = ball.nodes.iter().copied().collect();
        let expected: usize = ball
            .nodes
            .iter()
            .map(|&v| square(v).iter().filter(|o| ids.contains(o)).count())
            .sum();
        assert_eq!(ball.links.len(), expected / 2);
        assert!(
            ball.links
                .iter()
                .all(|&(a, b)| square(ball.nodes[a as usize]).contains(&ball.nodes[b as usize]))
        );
    }
    let path = |node: u32| [node.saturating_sub(1), (node + 1).min(9)];
    let whole = Excerpt::ball(10, 3, 10, path);
    assert_eq!(
        (whole.nodes.len(), whole.links.len(), &*whole.caption),
        (10, 9, "All 10 nodes.")
    );
    let part = Excerpt::ball(20, 3, 15, path);
    assert_eq!(part.caption, "10 of 20 nodes: all that can be reached from node 3.");
    let star = |node: u32| if node == 0 { 1..100 } else { 0..1 };
    let some = Excerpt::ball(100, 0, 30, star);
    assert_eq!((some.nodes.len(), some.links.len()), (30, 29));
    assert_eq!(
        some.caption,
        "30 of 100 nodes: the 1 within 0 links of node 0, and 29 of those that are 1 link away."
    );
}

#[test]
fn the_first_nodes_of_nested_tetrahedra_are_nested_tetrahedra() {
    let (large, small) = (Tetrahedral::open(6), Tetrahedral::open(3));
    let first = Excerpt::first(4096, 64, |node| large.neighbours_of(node));
    assert_eq!(first.links, links(&small));
    assert_eq!(first.caption, "64 of 4,096 nodes: the first ones.");
}

fn laid_out(n: u32, links: &[(u32, u32)]) -> Layout {
    let mut rows = vec![Vec::new(); n as usize];
    for &(a, b) in links {
        rows[a as usize].push(b);
        rows[b as usize].push(a);
    }
    let layout = Layout::by_distances(n, |node| rows[node as usize].iter().copied());
    assert_eq!(layout.positions.len(), n as usize);
    assert!(layout.positions.iter().all(|p| p.is_finite()));
    layout
}

#[test]
fn a_path_is_laid_out_along_a_line_and_a_cycle_round_a_circle() {
    // With all distances (up to 1200 nodes), and with those from the pivots only.
    for n in [2, 3, 50, 1000, 3000] {
        let path: Vec<(u32, u32)> = (1..n).map(|i| (i - 1, i)).collect();
        let positions = laid_out(n, &path).positions;
        let x: Vec<f64> = positions.iter().map(|p| p.x).collect();
        assert!(x.is_sorted() || x.iter().rev().is_sorted(), "{n}");
        assert!(
            x.windows(2).all(|two| (0.5..2.0).contains(&(two[0] - two[1]).abs())),
            "{n}"
        );
    }
    for n in [50, 1000, 3000] {
        let cycle: Vec<(u32, u32)> = (0..n).map(|i| (i, (i + 1) % n)).collect();
        let positions = laid_out(n, &cycle).positions;
        let radii: Vec<f64> = positions.iter().map(|p| p.length()).collect();
        let mean = radii.iter().sum::<f64>() / f64::from(n);
        assert!(radii.iter().all(|r| (0.85..1.15).contains(&(r / mean))), "{n}");
        let turns = (0..n as usize).map(|i| positions[i].cross(positions[(i + 1) % n as usize]).z.signum());
        assert_eq!(
            turns.sum::<f64>().abs(),
            f64::from(n),
            "{n}: once round, always the same way"
        );
        assert!(positions.iter().all(|p| p.z == 0.0), "{n}");
    }
}

#[test]
fn the_parts_of_a_network_lie_side_by_side() {
    // A cycle of 30, a path of 5, two single nodes.
    let mut links: Vec<(u32, u32)> = (0..30).map(|i| (i, (i + 1) % 30)).collect();
    links.extend((31..35).map(|i| (i - 1, i)));
    let layout = laid_out(37, &links);
    assert!(layout.caption.contains("in 4 unconnected parts") && layout.caption.contains("largest has 30 nodes"));
    let boxes = [0..30, 30..35, 35..36, 36..37].map(|part| {
        let part = &layout.positions[part];
        let least = part.iter().copied().fold(DVec3::MAX, DVec3::min);
        (least, part.iter().copied().fold(DVec3::MIN, DVec3::max))
    });
    for (at, a) in boxes.iter().enumerate() {
        for b in &boxes[..at] {
            let apart = (a.0 - b.1).max(b.0 - a.1).truncate().max_element();
            assert!(apart >= 0.99, "{a:?} {b:?}");
        }
    }
    assert!(laid_out(0, &[]).positions.is_empty());
    // Nodes that no pivot tells apart do not lie together: the leaves of a star.
    let star: Vec<(u32, u32)> = (1..2000).map(|i| (0, i)).collect();
    let positions = laid_out(2000, &star).positions;
    let places: BTreeSet<[i64; 3]> = positions
        .iter()
        .map(|p| (*p * 1e4).to_array().map(|x| x.round() as i64))
        .collect();
    assert!(places.len() > 1900, "{}", places.len());
}
