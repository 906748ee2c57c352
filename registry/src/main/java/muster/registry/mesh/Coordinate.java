package muster.registry.mesh;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Where a node stands in the network, so that round trips between any two can be estimated. (Vivaldi coordinates with
 * height and adjustment, as Serf measures them; all numbers in seconds)
 *
 * @param segment part of the network; "" where there is but one
 */
public record Coordinate(String node, String segment, Position coord) {
    /** How many dimensions a position has. */
    public static final int DIMENSIONS = 8;

    private static final double LIMIT = 10.0;

    /**
     * A point.
     *
     * @param error how little it is to be trusted
     * @param adjustment added to estimates, from their errors so far
     * @param height the way from the node to the network, part of every trip
     */
    public record Position(List<Double> vec, double error, double adjustment, double height) {
        public Position {
            vec = vec == null ? List.of() : vec.stream().filter(Objects::nonNull).toList();
        }

        /** Whether it is a point of the space: of its dimensions, and of numbers that make sense. */
        public boolean isValid() {
            return vec.size() == DIMENSIONS
                    && vec.stream().allMatch(part -> Double.isFinite(part) && Math.abs(part) < LIMIT * 1000)
                    && Double.isFinite(error) && Double.isFinite(adjustment) && Double.isFinite(height);
        }

        /** The estimated round trip to another point, in seconds; never negative. */
        public double distanceTo(Position other) {
            double sum = 0;
            for (int i = 0; i < Math.min(vec.size(), other.vec.size()); i++) {
                double difference = vec.get(i) - other.vec.get(i);
                sum += difference * difference;
            }
            double raw = Math.sqrt(sum) + height + other.height;
            double adjusted = raw + adjustment + other.adjustment;
            return adjusted > 0 ? adjusted : raw;
        }
    }

    public Coordinate {
        node = node == null ? "" : node;
        segment = segment == null ? "" : segment;
        coord = coord == null ? new Position(List.of(), 0, 0, 0) : coord;
    }

    /** The estimated round trip between two nodes. */
    public Duration roundTrip(Coordinate other) {
        return Duration.ofNanos(Math.round(coord.distanceTo(other.coord) * 1e9));
    }
}
