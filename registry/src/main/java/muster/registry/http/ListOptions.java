package muster.registry.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import muster.http.Call;
import muster.registry.state.Node;
import muster.registry.state.Service;
import muster.wire.filter.Filter;
import muster.wire.filter.Shape;

/**
 * How a list is narrowed. Its order by {@code near} is {@link Api#nearness}'s.
 *
 * @param tags all of them have to be there, in any letter case
 * @param nodeMeta all of it has to be there
 */
record ListOptions(List<String> tags, Map<String, String> nodeMeta, Filter filter) {
    /** Reads them from the query; a filter that does not fit the rows fails as Consul words it. */
    static ListOptions of(Call call, Shape.Struct rows) {
        return new ListOptions(call.query().getOrDefault("tag", List.of()), nodeMeta(call),
                Filter.of(call.query("filter"), rows));
    }

    static Map<String, String> nodeMeta(Call call) {
        Map<String, String> meta = new HashMap<>();
        for (String pair : call.query().getOrDefault("node-meta", List.of())) {
            int colon = pair.indexOf(':');
            meta.put(colon < 0 ? pair : pair.substring(0, colon), colon < 0 ? "" : pair.substring(colon + 1));
        }
        return meta;
    }

    boolean wants(Node node) {
        return node.meta().entrySet().containsAll(nodeMeta.entrySet());
    }

    boolean wants(Service service) {
        return tags.stream().allMatch(tag -> service.tags().stream().anyMatch(tag::equalsIgnoreCase));
    }
}
