package muster.registry.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import muster.registry.mesh.Coordinate;
import muster.registry.state.Mesh;

/** Sorts what is on nodes by the estimated round trip to one of them. Pure. (Consul HTTP API: {@code near}) */
public final class Nearness {
    private final Mesh mesh;
    private final Optional<Coordinate> from;

    /** @param node from which is measured; one without a coordinate leaves every order as it is */
    public Nearness(Mesh mesh, String node) {
        this.mesh = mesh;
        this.from = node.isEmpty() ? Optional.empty() : mesh.coordinate(node);
    }

    /** The rows, nearest first; those on nodes without a coordinate come last, equals keep their order. */
    public <T> List<T> sorted(List<T> rows, Function<T, String> nodeOf) {
        if (from.isEmpty()) {
            return rows;
        }
        List<T> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparingDouble(row -> distance(nodeOf.apply(row))));
        return sorted;
    }

    private double distance(String node) {
        return mesh.coordinate(node)
                .map(there -> from.orElseThrow().coord().distanceTo(there.coord()))
                .orElse(Double.POSITIVE_INFINITY);
    }
}
