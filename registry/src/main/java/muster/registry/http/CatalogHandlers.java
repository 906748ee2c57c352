package muster.registry.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.http.Api.Headers;
import muster.registry.query.Reads;
import muster.registry.query.StateQuery;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Service;
import muster.wire.Key;

/** The catalog. (Consul HTTP API: Catalog) */
final class CatalogHandlers {
    private final Api api;

    CatalogHandlers(Api api) {
        this.api = api;
    }

    /** The body of catalog/deregister. */
    record Deregister(
            String datacenter, String node, @Key("ServiceID") String serviceId,
            @Key("CheckID") String checkId, String address, String namespace) {}

    CompletionStage<Reply> register(Call call) {
        RegisterBody body = Bodies.read(call, RegisterBody.class);
        api.requireDatacenter(call);
        api.requireDatacenter(body.datacenter() == null ? "" : body.datacenter());
        return api.decide(call, body.command(api.registry().datacenter()));
    }

    CompletionStage<Reply> deregister(Call call) {
        Deregister body = Bodies.read(call, Deregister.class);
        api.requireDatacenter(call);
        api.requireDatacenter(body.datacenter() == null ? "" : body.datacenter());
        if (body.node() == null || body.node().isEmpty()) {
            throw ApiException.refused("Must provide node");
        }
        return api.decide(call, new Command.Deregister(body.node(), body.serviceId(), body.checkId()));
    }

    CompletionStage<Reply> datacenters(Call call) {
        return Api.now(api.bodies.json(call, 200, List.of(api.registry().datacenter())));
    }

    CompletionStage<Reply> nodes(Call call) {
        ListOptions options = ListOptions.of(call, Rows.NODE);
        return api.json(call, new Reads.Nodes(), Headers.WITH_CONSISTENCY,
                nodes -> options.filter().keep(nodes.stream().filter(options::wants).map(Rows::node).toList()));
    }

    CompletionStage<Reply> services(Call call) {
        return api.json(call, new Reads.ServiceNames(ListOptions.nodeMeta(call)), Headers.WITH_CONSISTENCY, names -> names);
    }

    CompletionStage<Reply> service(Call call) {
        return instances(call, new Reads.Instances(Api.required(call, "service", "Missing service name")));
    }

    CompletionStage<Reply> connect(Call call) {
        return instances(call, new Reads.Connectable(Api.required(call, "service", "Missing service name")));
    }

    private CompletionStage<Reply> instances(Call call, StateQuery<List<Catalog.Instance>> query) {
        ListOptions options = ListOptions.of(call, Rows.CATALOG_SERVICE);
        return api.json(call, query, Headers.WITH_CONSISTENCY, instances -> options.filter().keep(instances.stream()
                .filter(instance -> options.wants(instance.node()) && options.wants(instance.service()))
                .map(instance -> Rows.catalogService(instance.node(), instance.service()))
                .toList()));
    }

    CompletionStage<Reply> node(Call call) {
        String name = Api.required(call, "node", "Missing node name");
        ListOptions options = ListOptions.of(call, Rows.SERVICE);
        return api.json(call, new Reads.ServicesOfNode(name), Headers.WITH_CONSISTENCY, found -> found.map(node -> {
            Map<String, Object> services = new LinkedHashMap<>();
            for (Service service : node.services()) {
                Map<String, Object> row = Rows.service(service);
                if (options.filter().accepts(row)) {
                    services.put(service.id(), row);
                }
            }
            return Bodies.object("Node", Rows.node(node.node()), "Services", services);
        }).orElse(null));
    }

    CompletionStage<Reply> nodeServices(Call call) {
        String name = Api.required(call, "node", "Missing node name");
        ListOptions options = ListOptions.of(call, Rows.SERVICE);
        return api.json(call, new Reads.ServicesOfNode(name), Headers.WITH_CONSISTENCY, found -> found
                .map(node -> Bodies.object("Node", Rows.node(node.node()), "Services",
                        options.filter().keep(node.services().stream().map(Rows::service).toList())))
                .orElseGet(() -> Bodies.object("Node", null, "Services", null)));
    }

    /** No gateway is known here, so none has services. */
    CompletionStage<Reply> gatewayServices(Call call) {
        Api.required(call, "gateway", "Missing gateway name");
        return api.json(call, new Reads.Nodes(), Headers.WITH_CONSISTENCY, nodes -> null);
    }

    /** Whether all checks are passing. */
    static boolean passes(Catalog.Instance instance) {
        return instance.checks().stream().allMatch(check -> check.status().equals(Check.PASSING));
    }
}
