package muster.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Need;
import muster.registry.acl.Sieve;
import muster.registry.http.Api.Headers;
import muster.registry.query.UiReads;
import muster.registry.state.Catalog;
import muster.registry.state.Check;

/** What Consul answers below {@code internal/ui}: lists for web pages, each in one blocking query. */
final class UiHandlers {
    private final Api api;

    UiHandlers(Api api) {
        this.api = api;
    }

    CompletionStage<Reply> services(Call call) {
        return api.json(call, Need.TOKEN, new UiReads.AllInstances(), Headers.WITH_CONSISTENCY, (sieve, instances) -> summaries(sieve.instances(instances)));
    }

    private static List<Map<String, Object>> summaries(List<Catalog.Instance> instances) {
        Map<String, List<Catalog.Instance>> byName = new TreeMap<>();
        instances.forEach(instance -> byName.computeIfAbsent(instance.service().name(), name -> new ArrayList<>()).add(instance));
        return byName.entrySet().stream().map(named -> summary(named.getKey(), named.getValue())).toList();
    }

    private static Map<String, Object> summary(String name, List<Catalog.Instance> instances) {
        TreeSet<String> tags = new TreeSet<>();
        TreeSet<String> nodes = new TreeSet<>();
        TreeSet<String> sources = new TreeSet<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Catalog.Instance instance : instances) {
            tags.addAll(instance.service().tags());
            nodes.add(instance.node().name());
            String source = instance.service().meta().get("external-source");
            if (source != null) {
                sources.add(source);
            }
            for (Check check : instance.checks()) {
                counts.merge(check.status(), 1, Integer::sum);
            }
        }
        Map<String, Object> row = new LinkedHashMap<>();
        String kind = instances.getFirst().service().kind();
        if (!kind.isEmpty()) {
            row.put("Kind", kind);
        }
        row.put("Name", name);
        row.put("Tags", List.copyOf(tags));
        row.put("Nodes", List.copyOf(nodes));
        row.put("InstanceCount", instances.size());
        row.put("ChecksPassing", counts.getOrDefault(Check.PASSING, 0));
        row.put("ChecksWarning", counts.getOrDefault(Check.WARNING, 0));
        row.put("ChecksCritical", counts.getOrDefault(Check.CRITICAL, 0));
        row.put("ExternalSources", Rows.nullIfEmpty(List.copyOf(sources)));
        return row;
    }

    CompletionStage<Reply> nodes(Call call) {
        return api.json(call, Need.TOKEN, new UiReads.Nodes(""), Headers.WITH_CONSISTENCY, UiHandlers::dumps);
    }

    CompletionStage<Reply> node(Call call) {
        String name = Api.required(call, "node", "Missing node name");
        return api.json(call, Need.TOKEN, new UiReads.Nodes(name), Headers.WITH_CONSISTENCY, (sieve, dumps) -> {
            List<Map<String, Object>> rows = dumps(sieve, dumps);
            return rows.isEmpty() ? null : rows.getFirst();
        });
    }

    private static List<Map<String, Object>> dumps(Sieve sieve, List<UiReads.NodeDump> dumps) {
        return dumps.stream().filter(dump -> sieve.shows(dump.node())).map(dump -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("ID", dump.node().id());
            row.put("Node", dump.node().name());
            row.put("Address", dump.node().address());
            row.put("TaggedAddresses", dump.node().taggedAddresses());
            row.put("Meta", dump.node().meta());
            row.put("Services", sieve.services(dump.services()).stream().map(Rows::service).toList());
            row.put("Checks", sieve.checks(dump.checks()).stream().map(Rows::check).toList());
            return row;
        }).toList();
    }
}
