package muster.registry.state;

import java.util.List;
import java.util.Optional;

/**
 * Sessions. Immutable.
 *
 * @param byId by id
 * @param byNode ids by node and id
 * @param byCheck ids by node, check and id
 * @param lastIndex the newest index at which a session began or ended; 0 for never
 */
public record Sessions(
        RadixTree<Session> byId, RadixTree<String> byNode, RadixTree<String> byCheck, long lastIndex) {
    static final Sessions EMPTY = new Sessions(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), 0);

    public Optional<Session> get(String id) {
        return byId.get(id);
    }

    /** All of them, by id. */
    public List<Session> all() {
        return byId.all();
    }

    /** Those of a node, by id. */
    public List<Session> of(String node) {
        return byNode.under(Rows.key(Rows.fold(node))).stream().flatMap(id -> get(id).stream()).toList();
    }

    /** Changes at one index. Owned by the command that is applied. */
    static final class Draft {
        private final RadixTree.Editor<Session> byId;
        private final RadixTree.Editor<String> byNode;
        private final RadixTree.Editor<String> byCheck;
        private final long index;
        private final Changes.Builder changes;
        private long lastIndex;

        Draft(Sessions from, long index, Changes.Builder changes) {
            byId = from.byId.edit();
            byNode = from.byNode.edit();
            byCheck = from.byCheck.edit();
            lastIndex = from.lastIndex;
            this.index = index;
            this.changes = changes;
        }

        Sessions done() {
            return new Sessions(byId.done(), byNode.done(), byCheck.done(), lastIndex);
        }

        Optional<Session> get(String id) {
            return byId.get(id);
        }

        void put(Session session) {
            Session stored = session.at(index, index);
            byId.put(stored.id(), stored, index);
            String node = Rows.fold(stored.node());
            byNode.put(Rows.key(node, stored.id()), stored.id(), index);
            for (String check : stored.checks()) {
                byCheck.put(Rows.key(node, Rows.fold(check), stored.id()), stored.id(), index);
            }
            changed(stored.id());
        }

        void remove(Session session) {
            byId.remove(session.id());
            String node = Rows.fold(session.node());
            byNode.remove(Rows.key(node, session.id()));
            for (String check : session.checks()) {
                byCheck.remove(Rows.key(node, Rows.fold(check), session.id()));
            }
            changed(session.id());
        }

        List<String> ofNode(String node) {
            return byNode.under(Rows.key(Rows.fold(node)));
        }

        List<String> ofCheck(String node, String check) {
            return byCheck.under(Rows.key(Rows.fold(node), Rows.fold(check)));
        }

        private void changed(String id) {
            lastIndex = index;
            changes.session(id);
        }
    }
}
