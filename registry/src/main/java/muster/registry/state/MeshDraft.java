package muster.registry.state;

import java.util.List;
import java.util.Optional;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.Entries;
import muster.registry.mesh.EntryGraph;
import muster.registry.mesh.Intention;

/** Changes of the mesh's tables at one index. Owned by the command that is applied. */
final class MeshDraft {
    private final Mesh from;
    private final RadixTree.Editor<ConfigEntry> entries;
    private final RadixTree.Editor<Intention> intentions;
    private final RadixTree.Editor<Coordinate> coordinates;
    private final long index;
    private final Changes.Builder changes;
    private Optional<Authority> authority;
    private Mesh.Indexes indexes;

    MeshDraft(Mesh from, long index, Changes.Builder changes) {
        this.from = from;
        entries = from.entries().edit();
        intentions = from.intentionsById().edit();
        coordinates = from.coordinates().edit();
        authority = from.authority();
        indexes = from.indexes();
        this.index = index;
        this.changes = changes;
    }

    Mesh done() {
        return new Mesh(entries.done(), intentions.done(), coordinates.done(), authority, indexes);
    }

    /** Sets an entry, with {@code cas} only if it was last changed at that index, 0 meaning that there is none. */
    Result set(Command.SetConfigEntry set) {
        ConfigEntry entry = set.entry();
        Optional<ConfigEntry> present = from.entry(entry.kind(), entry.name());
        if (set.cas().isPresent() && !set.cas().get().equals(present.map(ConfigEntry::modifyIndex).orElse(0L))) {
            return new Result.Decided(false);
        }
        Optional<String> refusal = EntryGraph.refusal(Entries.with(from, entry), entry.kind(), entry.name());
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        if (present.isEmpty() || !present.get().saysTheSameAs(entry)) {
            long created = present.map(ConfigEntry::createIndex).orElse(index);
            entries.put(Mesh.entryKey(entry.kind(), entry.name()), entry.at(created, index), index);
            entriesChanged();
        }
        return new Result.Decided(true);
    }

    Result delete(Command.DeleteConfigEntry delete) {
        Optional<ConfigEntry> present = from.entry(delete.kind(), delete.name());
        if (delete.cas().isPresent() && !delete.cas().get().equals(present.map(ConfigEntry::modifyIndex).orElse(0L))) {
            return new Result.Decided(false);
        }
        if (present.isPresent()) {
            Optional<String> refusal =
                    EntryGraph.refusal(Entries.without(from, delete.kind(), delete.name()), delete.kind(), delete.name());
            if (refusal.isPresent()) {
                return new Result.Refused(refusal.get());
            }
            entries.remove(Mesh.entryKey(delete.kind(), delete.name()));
            entriesChanged();
        }
        return new Result.Decided(true);
    }

    private void entriesChanged() {
        indexes = new Mesh.Indexes(index, indexes.intentions(), indexes.coordinates());
        changes.touch(Part.Table.CONFIG_ENTRIES);
    }

    Result set(Intention intention) {
        Optional<Intention> same = from.intention(intention.source(), intention.destination());
        if (same.filter(other -> !other.id().equals(intention.id())).isPresent()) {
            return new Result.Refused("duplicate intention found: " + same.get().text());
        }
        Optional<Intention> present = intentions.get(intention.id());
        Intention stored = present.map(before -> intention.as(before.id(), before.createdAt())).orElse(intention)
                .at(present.map(Intention::createIndex).orElse(index), index);
        intentions.put(stored.id(), stored, index);
        intentionsChanged();
        return new Result.Done();
    }

    Result deleteIntention(String id) {
        if (intentions.remove(id)) {
            intentionsChanged();
        }
        return new Result.Done();
    }

    private void intentionsChanged() {
        indexes = new Mesh.Indexes(indexes.entries(), index, indexes.coordinates());
        changes.touch(Part.Table.INTENTIONS);
    }

    /** Coordinates of nodes that do not exist, or no longer, are left out. */
    Result set(List<Coordinate> updates, CatalogDraft catalog) {
        for (Coordinate update : updates) {
            if (catalog.node(update.node()).isPresent()) {
                coordinates.put(Mesh.coordinateKey(update), update, index);
                coordinatesChanged();
            }
        }
        return new Result.Done();
    }

    void removeCoordinates(String node) {
        List<Coordinate> gone = coordinates.under(Rows.key(Rows.fold(node)));
        for (Coordinate coordinate : List.copyOf(gone)) {
            coordinates.remove(Mesh.coordinateKey(coordinate));
            coordinatesChanged();
        }
    }

    private void coordinatesChanged() {
        indexes = new Mesh.Indexes(indexes.entries(), indexes.intentions(), index);
        changes.touch(Part.Table.COORDINATES);
    }

    /** Sets the authority if it was last changed at that index, 0 meaning that there is none. */
    Result set(Command.SetAuthority set) {
        if (set.cas() != authority.map(Authority::modifyIndex).orElse(0L)) {
            return new Result.Decided(false);
        }
        authority = Optional.of(set.authority().at(authority.map(Authority::createIndex).orElse(index), index));
        changes.touch(Part.Table.AUTHORITY);
        return new Result.Decided(true);
    }
}
