package muster.registry.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.CatalogRights;
import muster.registry.acl.Need;
import muster.registry.state.Node;
import muster.registry.query.MeshReads;
import muster.registry.acl.Access;
import muster.registry.acl.Resource;
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
        Command.Register command = body.command(api.registry().datacenter());
        new CatalogRights(api.require(call, Need.TOKEN), api.registry().snapshot().catalog()).require(command);
        return api.decide(call, Need.TOKEN, command);
    }

    CompletionStage<Reply> deregister(Call call) {
        Deregister body = Bodies.read(call, Deregister.class);
        api.requireDatacenter(call);
        api.requireDatacenter(body.datacenter() == null ? "" : body.datacenter());
        if (body.node() == null || body.node().isEmpty()) {
            throw ApiException.refused("Must provide node");
        }
        Command.Deregister command = new Command.Deregister(body.node(), body.serviceId(), body.checkId());
        new CatalogRights(api.require(call, Need.TOKEN), api.registry().snapshot().catalog()).require(command);
        return api.decide(call, Need.TOKEN, command);
    }

    CompletionStage<Reply> datacenters(Call call) {
        return Api.now(api.bodies.json(call, 200, List.of(api.registry().datacenter())));
    }

    CompletionStage<Reply> nodes(Call call) {
        ListOptions options = ListOptions.of(call, Rows.NODE);
        return api.json(call, Need.TOKEN, new Reads.Nodes(), Headers.WITH_CONSISTENCY, (sieve, nodes) -> options.filter()
                .keep(api.nearness(call).sorted(sieve.nodes(nodes), Node::name).stream().filter(options::wants).map(Rows::node).toList()));
    }

    CompletionStage<Reply> services(Call call) {
        return api.json(call, Need.TOKEN, new Reads.ServiceNames(ListOptions.nodeMeta(call)), Headers.WITH_CONSISTENCY,
                (sieve, names) -> sieve.keep(names, Resource.SERVICE));
    }

    CompletionStage<Reply> service(Call call) {
        return instances(call, new Reads.Instances(Api.required(call, "service", "Missing service name")));
    }

    CompletionStage<Reply> connect(Call call) {
        return instances(call, new Reads.Connectable(Api.required(call, "service", "Missing service name")));
    }

    private CompletionStage<Reply> instances(Call call, StateQuery<List<Catalog.Instance>> query) {
        ListOptions options = ListOptions.of(call, Rows.CATALOG_SERVICE);
        return api.json(call, Need.TOKEN, query, Headers.WITH_CONSISTENCY, (sieve, instances) -> options.filter()
                .keep(api.nearness(call).sorted(sieve.instances(instances), instance -> instance.node().name()).stream()
                .filter(instance -> options.wants(instance.node()) && options.wants(instance.service()))
                .map(instance -> Rows.catalogService(instance.node(), instance.service()))
                .toList()));
    }

    CompletionStage<Reply> node(Call call) {
        String name = Api.required(call, "node", "Missing node name");
        ListOptions options = ListOptions.of(call, Rows.SERVICE);
        return api.json(call, Need.TOKEN, new Reads.ServicesOfNode(name), Headers.WITH_CONSISTENCY, (sieve, found) -> found
                .filter(node -> sieve.shows(node.node())).map(node -> {
            Map<String, Object> services = new LinkedHashMap<>();
            for (Service service : sieve.services(node.services())) {
                Map<String, Object> row = Rows.service(service);
                // Here alone the original looks at the id as if it were the name; who may not read both sees neither.
                if (sieve.caller().mayRead(Resource.SERVICE, service.id()) && options.filter().accepts(row)) {
                    services.put(service.id(), row);
                }
            }
            return Bodies.object("Node", Rows.node(node.node()), "Services", services);
        }).orElse(null));
    }

    CompletionStage<Reply> nodeServices(Call call) {
        String name = Api.required(call, "node", "Missing node name");
        ListOptions options = ListOptions.of(call, Rows.SERVICE);
        return api.json(call, Need.TOKEN, new Reads.ServicesOfNode(name), Headers.WITH_CONSISTENCY, (sieve, found) -> found
                .filter(node -> sieve.shows(node.node()))
                .map(node -> Bodies.object("Node", Rows.node(node.node()), "Services",
                        options.filter().keep(sieve.services(node.services()).stream().map(Rows::service).toList())))
                .orElseGet(() -> Bodies.object("Node", null, "Services", null)));
    }

    CompletionStage<Reply> gatewayServices(Call call) {
        String gateway = Api.required(call, "gateway", "Missing gateway name");
        return api.json(call, Need.of(Access.READ, Resource.SERVICE, gateway), new MeshReads.ServicesOfGateway(gateway),
                Headers.WITH_CONSISTENCY, (sieve, services) -> services.isEmpty() ? null : sieve
                        .keep(services, service -> sieve.caller().mayRead(Resource.SERVICE, service.service())).stream()
                        .map(CatalogHandlers::gatewayService).toList());
    }

    private static Map<String, Object> gatewayService(MeshReads.GatewayService found) {
        Map<String, Object> row = Bodies.object("Gateway", Map.of("Name", found.gateway().name()),
                "Service", Map.of("Name", found.service()), "GatewayKind", found.gateway().kind());
        if (found.listener().has("Port")) {
            row.put("Port", found.listener().number("Port"));
            row.put("Protocol", found.listener().text("Protocol"));
        }
        if (!found.hosts().isEmpty()) {
            row.put("Hosts", found.hosts());
        }
        for (String file : List.of("CAFile", "CertFile", "KeyFile", "SNI")) {
            if (found.listener().has(file)) {
                row.put(file, found.listener().text(file));
            }
        }
        if (found.fromWildcard()) {
            row.put("FromWildcard", true);
        }
        row.put("CreateIndex", found.gateway().createIndex());
        row.put("ModifyIndex", found.gateway().modifyIndex());
        return row;
    }

    /** Whether all checks are passing. */
    static boolean passes(Catalog.Instance instance) {
        return instance.checks().stream().allMatch(check -> check.status().equals(Check.PASSING));
    }
}
