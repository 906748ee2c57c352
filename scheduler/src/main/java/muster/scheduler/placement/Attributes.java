package muster.scheduler.placement;

import java.util.Optional;
import muster.scheduler.state.Node;

/** The values of a node that constraints, affinities and spreads name ("Runtime variables", node attributes). */
public final class Attributes {
    private Attributes() {}

    /** The value of a target: literal text is itself; empty for an attribute that the node does not have. */
    public static Optional<String> resolve(String target, Node node) {
        return Target.of(target).on(node);
    }
}
