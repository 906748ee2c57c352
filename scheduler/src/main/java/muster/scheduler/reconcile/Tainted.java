package muster.scheduler.reconcile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Node;

/** Allocations by what their nodes mean for them: those on nodes that are gone, those told to leave, the rest. */
final class Tainted {
    final Map<String, Allocation> untainted = new LinkedHashMap<>();
    final Map<String, Allocation> migrate = new LinkedHashMap<>();
    final Map<String, Allocation> lost = new LinkedHashMap<>();

    private Tainted() {}

    /** What ended counts to the rest, wherever it was. */
    static Tainted of(Map<String, Allocation> all, Map<String, Optional<Node>> nodes) {
        Tainted sets = new Tainted();
        all.forEach((id, allocation) -> {
            Optional<Node> node = nodes.get(allocation.nodeId());
            DesiredTransition wish = allocation.desiredTransition();
            if (allocation.isTerminal()) {
                sets.untainted.put(id, allocation);
            } else if (wish != null && Boolean.TRUE.equals(wish.migrate())) {
                sets.migrate.put(id, allocation);
            } else if (node != null && (node.isEmpty() || node.get().status().equals(Node.DOWN)
                    || node.get().status().equals(Node.DISCONNECTED))) {
                sets.lost.put(id, allocation);
            } else {
                sets.untainted.put(id, allocation);
            }
        });
        return sets;
    }
}
