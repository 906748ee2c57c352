package muster.registry.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.Entries;
import muster.registry.mesh.EntryKinds;
import muster.registry.mesh.Intention;

/**
 * What the mesh is configured with: config entries, intentions, coordinates of nodes and the certificate authority. Immutable.
 * Names do not regard letter case.
 *
 * @param entries by kind and name
 * @param intentionsById those made one by one; others are stated by entries of the kind {@code service-intentions}
 * @param coordinates by node and segment
 * @param authority empty until it is first needed
 */
public record Mesh(
        RadixTree<ConfigEntry> entries,
        RadixTree<Intention> intentionsById,
        RadixTree<Coordinate> coordinates,
        Optional<Authority> authority,
        Indexes indexes) implements Entries {
    static final Mesh EMPTY = new Mesh(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), Optional.empty(), new Indexes(0, 0, 0));

    /** When each table last changed; 0 for never. */
    public record Indexes(long entries, long intentions, long coordinates) {}

    @Override
    public Optional<ConfigEntry> entry(String kind, String name) {
        return entries.get(entryKey(kind, name));
    }

    @Override
    public List<ConfigEntry> ofKind(String kind) {
        return entries.under(Rows.key(Rows.fold(kind)));
    }

    /** All intentions, the most particular first. */
    public List<Intention> intentions() {
        List<Intention> all = new ArrayList<>(intentionsById.all());
        ofKind(EntryKinds.INTENTIONS).forEach(entry -> all.addAll(stated(entry)));
        all.sort(Intention.BY_PRECEDENCE);
        return all;
    }

    private static List<Intention> stated(ConfigEntry entry) {
        List<Intention> stated = new ArrayList<>();
        for (ConfigEntry.Node source : entry.root().list("Sources")) {
            List<Object> permissions = source.fields().get("Permissions") instanceof List<?> list ? List.copyOf(list) : List.of();
            stated.add(new Intention(source.text("LegacyID"), source.text("Description"), source.text("Name"), entry.name(), "",
                    source.text("Action"), java.util.Map.of(), permissions, null, null, entry.createIndex(), entry.modifyIndex()));
        }
        return stated;
    }

    public Optional<Intention> intention(String id) {
        return intentionsById.get(id).or(() -> id.isEmpty() ? Optional.empty()
                : intentions().stream().filter(intention -> intention.id().equals(id)).findFirst());
    }

    /** The intention between exactly these names, {@code *} being one. */
    public Optional<Intention> intention(String source, String destination) {
        return intentions().stream()
                .filter(intention -> intention.source().equalsIgnoreCase(source)
                        && intention.destination().equalsIgnoreCase(destination))
                .findFirst();
    }

    /** What decides about a connection: the most particular intention that speaks of it; empty where none does. */
    public Optional<Intention> deciding(String source, String destination) {
        return intentions().stream().filter(intention -> intention.covers(source, destination)).findFirst();
    }

    /** The newest index of what intentions come from. */
    public long intentionsIndex() {
        return Math.max(indexes.intentions(), ofKind(EntryKinds.INTENTIONS).isEmpty() ? 0 : indexes.entries());
    }

    /** A node's coordinate in the network without segments. */
    public Optional<Coordinate> coordinate(String node) {
        return coordinates.get(Rows.key(Rows.fold(node), ""));
    }

    static String entryKey(String kind, String name) {
        return Rows.key(Rows.fold(kind), Rows.fold(name));
    }

    static String coordinateKey(Coordinate coordinate) {
        return Rows.key(Rows.fold(coordinate.node()), coordinate.segment());
    }
}
