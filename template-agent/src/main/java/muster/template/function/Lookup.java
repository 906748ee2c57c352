package muster.template.function;

import java.util.List;
import java.util.Optional;
import muster.template.language.GoText;
import muster.template.language.Value;

/** The queries behind the functions, for a dialect that has no functions. Asking makes a dependency, as calling would. */
public final class Lookup {
    private final Context context;
    private final QueryFunctions queries;

    public Lookup(Context context) {
        this.context = context;
        this.queries = new QueryFunctions(context);
    }

    /** As {@code key}: "" while the template has to wait for it. */
    public String key(String path) {
        return ((Value.Text) queries.key(path)).value();
    }

    /** The key's text if there is such a key. */
    public Optional<String> optionalKey(String path) {
        return context.recall(QueryFunctions.optionalKey(path)).orElse(Optional.empty()).map(entry -> GoText.of(entry.value()));
    }

    /** As {@code ls}. */
    public List<Value> entries(String prefix) {
        return ((Value.ListValue) queries.pairs(prefix, false, false)).items();
    }

    /** As {@code service}: passing instances. */
    public Value service(String name) {
        return queries.service(name);
    }

    public Value services() {
        return queries.services("");
    }

    public Value nodes() {
        return queries.nodes("");
    }

    public Value datacenters() {
        return queries.datacenters();
    }

    /** A map of the variables that {@code env} sees. */
    public Value environment() {
        return Value.textMap(context.environment());
    }
}
