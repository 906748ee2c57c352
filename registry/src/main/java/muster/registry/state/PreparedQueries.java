package muster.registry.state;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import muster.registry.prepared.PreparedQuery;
import muster.registry.prepared.QueryTemplate;

/**
 * Prepared queries. Immutable. Names do not regard letter case.
 *
 * @param byId with each template read once
 * @param byName ids by name
 * @param byPrefix ids of templates by the prefix that they match, which may be ""
 * @param bySession ids by session and id
 * @param lastIndex the newest index at which one changed; 0 for never
 */
public record PreparedQueries(
        RadixTree<Stored> byId,
        RadixTree<String> byName,
        RadixTree<String> byPrefix,
        RadixTree<String> bySession,
        long lastIndex) {
    static final PreparedQueries EMPTY =
            new PreparedQueries(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), 0);

    /** A query, with its template where it is one. */
    public record Stored(PreparedQuery query, Optional<QueryTemplate> template) {
        static Stored of(PreparedQuery query) {
            return new Stored(query, query.isTemplate() ? Optional.of(QueryTemplate.of(query)) : Optional.empty());
        }
    }

    public Optional<PreparedQuery> get(String id) {
        return byId.get(id).map(Stored::query);
    }

    /** All of them, by id. */
    public List<PreparedQuery> all() {
        return byId.all().stream().map(Stored::query).toList();
    }

    /**
     * The query to be run for an id or a name: that with the id, else that with the name, else the template with the longest
     * prefix of it. Templates are rendered for the name; asking for one by its id is a
     * {@link QueryTemplate.TemplateException}'s text in the result of {@link Resolved}.
     */
    public Resolved resolve(String idOrName) {
        if (isUuid(idOrName)) {
            Optional<Stored> found = byId.get(idOrName);
            if (found.isPresent()) {
                return found.get().template().isPresent()
                        ? new Resolved.Failed("prepared query templates can only be resolved up by name, not by ID")
                        : new Resolved.Found(found.get().query());
            }
        }
        Optional<Stored> named = byName.get(nameKey(idOrName)).flatMap(byId::get);
        for (int length = idOrName.length(); named.isEmpty() && length >= 0; length--) {
            named = byPrefix.get(nameKey(idOrName.substring(0, length))).flatMap(byId::get);
        }
        return named.map(found -> rendered(found, idOrName)).orElseGet(Resolved.Missing::new);
    }

    private static Resolved rendered(Stored found, String name) {
        try {
            return new Resolved.Found(found.template().map(template -> template.render(name)).orElse(found.query()));
        } catch (QueryTemplate.TemplateException e) {
            return new Resolved.Failed(e.getMessage());
        }
    }

    /** What a name leads to. */
    public sealed interface Resolved {
        record Found(PreparedQuery query) implements Resolved {}

        record Missing() implements Resolved {}

        record Failed(String message) implements Resolved {}
    }

    static boolean isUuid(String text) {
        try {
            return text.length() == 36 && UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Keys are never empty, prefixes may be. */
    static String nameKey(String name) {
        return Rows.key(Rows.fold(name));
    }

    /** Changes at one index. Owned by the command that is applied. */
    static final class Draft {
        private final RadixTree.Editor<Stored> byId;
        private final RadixTree.Editor<String> byName;
        private final RadixTree.Editor<String> byPrefix;
        private final RadixTree.Editor<String> bySession;
        private final long index;
        private final Changes.Builder changes;
        private long lastIndex;

        Draft(PreparedQueries from, long index, Changes.Builder changes) {
            byId = from.byId.edit();
            byName = from.byName.edit();
            byPrefix = from.byPrefix.edit();
            bySession = from.bySession.edit();
            lastIndex = from.lastIndex;
            this.index = index;
            this.changes = changes;
        }

        PreparedQueries done() {
            return new PreparedQueries(byId.done(), byName.done(), byPrefix.done(), bySession.done(), lastIndex);
        }

        Optional<PreparedQuery> get(String id) {
            return byId.get(id).map(Stored::query);
        }

        /** Sets a query of this id. Gives the refusal, if any. */
        Result set(PreparedQuery query, Sessions.Draft sessions) {
            Optional<Result> refused = refusal(query, sessions);
            if (refused.isPresent()) {
                return refused.get();
            }
            Stored stored;
            Optional<PreparedQuery> before = get(query.id());
            try {
                stored = Stored.of(query.at(before.map(PreparedQuery::createIndex).orElse(index), index));
            } catch (QueryTemplate.TemplateException e) {
                return new Result.Refused("failed compiling template: " + e.getMessage());
            }
            before.ifPresent(this::unlink);
            add(stored, index);
            changed();
            return new Result.Done();
        }

        private Optional<Result> refusal(PreparedQuery query, Sessions.Draft sessions) {
            Optional<String> sameName = query.name().isEmpty()
                    ? query.isTemplate() ? byPrefix.get(nameKey("")) : Optional.empty()
                    : byName.get(nameKey(query.name()));
            if (sameName.filter(id -> !id.equals(query.id())).isPresent()) {
                return Optional.of(new Result.Refused(query.name().isEmpty()
                        ? "a query template with an empty name already exists"
                        : "name '" + query.name() + "' aliases an existing query name"));
            }
            if (isUuid(query.name()) && get(query.name()).isPresent()) {
                return Optional.of(new Result.Refused("name '" + query.name() + "' aliases an existing query ID"));
            }
            if (!query.session().isEmpty() && sessions.get(query.session()).isEmpty()) {
                return Optional.of(new Result.Refused("invalid session \"" + query.session() + "\""));
            }
            return Optional.empty();
        }

        void remove(String id) {
            get(id).ifPresent(query -> {
                unlink(query);
                byId.remove(id);
                changed();
            });
        }

        /** Removes what was bound to a session that ends. */
        void removeOf(String session) {
            List.copyOf(bySession.under(Rows.key(session))).forEach(this::remove);
        }

        void add(Stored stored, long at) {
            PreparedQuery query = stored.query();
            byId.put(query.id(), stored, at);
            if (!query.name().isEmpty()) {
                byName.put(nameKey(query.name()), query.id(), at);
            }
            if (query.isTemplate()) {
                byPrefix.put(nameKey(query.name()), query.id(), at);
            }
            if (!query.session().isEmpty()) {
                bySession.put(Rows.key(query.session(), query.id()), query.id(), at);
            }
        }

        private void unlink(PreparedQuery query) {
            if (!query.name().isEmpty()) {
                byName.remove(nameKey(query.name()));
            }
            if (query.isTemplate()) {
                byPrefix.remove(nameKey(query.name()));
            }
            if (!query.session().isEmpty()) {
                bySession.remove(Rows.key(query.session(), query.id()));
            }
        }

        private void changed() {
            lastIndex = index;
            changes.touch(Part.Table.QUERIES);
        }
    }
}
