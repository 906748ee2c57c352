package muster.registry.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.registry.http.Api.Headers;
import muster.registry.mesh.ChainRequest;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.DiscoveryChain;
import muster.registry.mesh.EntryGraph;
import muster.registry.mesh.EntryKinds;
import muster.registry.mesh.EntryKinds.EntryException;
import muster.registry.mesh.EntryRules;
import muster.registry.query.MeshReads;
import muster.registry.state.Command;
import muster.registry.state.Result;
import muster.wire.GoDuration;
import muster.wire.GoQuote;
import muster.wire.Json;
import muster.wire.JsonException;

/** Config entries and the chains they make. (Consul HTTP API: Config, Discovery Chain) */
final class ConfigHandlers {
    /** What server names end with while there is no certificate authority. */
    private static final String NO_TRUST_DOMAIN = "consul";

    private final Api api;

    ConfigHandlers(Api api) {
        this.api = api;
    }

    CompletionStage<Reply> set(Call call) {
        api.requireDatacenter(call);
        ConfigEntry entry = entry(call.body());
        Optional<Long> cas = call.query("cas").isEmpty() ? Optional.empty() : Optional.of(Numbers.unsigned(call.query("cas")));
        api.require(call, writing(entry));
        EntryRules.refusal(entry).ifPresent(text -> {
            throw ApiException.refused(text);
        });
        return api.decide(call, Need.TOKEN, new Command.SetConfigEntry(entry, cas));
    }

    private static ConfigEntry entry(byte[] body) {
        try {
            if (Json.parse(body) instanceof Map<?, ?> map) {
                Map<String, Object> tree = new LinkedHashMap<>();
                map.forEach((key, value) -> tree.put(String.valueOf(key), value));
                return EntryKinds.read(tree);
            }
            throw new EntryException("json: cannot unmarshal the payload into Go value of type map[string]interface {}");
        } catch (EntryException e) {
            throw undecodable(e.getMessage());
        } catch (JsonException e) {
            throw undecodable(Bodies.reason(e));
        }
    }

    private static ApiException undecodable(String reason) {
        return ApiException.badRequest("Bad request: Request decoding failed: " + reason);
    }

    /** GET below {@code config/}: the entries of a kind, or one of them. */
    CompletionStage<Reply> get(Call call) {
        String[] parts = call.parameter("rest").split("/", 2);
        requireKnown(parts[0]);
        if (parts.length == 1 || parts[1].isEmpty()) {
            return api.json(call, Need.TOKEN, new MeshReads.EntriesOf(parts[0]), Headers.PLAIN, (sieve, entries) -> sieve
                    .keep(entries, entry -> mayRead(sieve.caller(), entry.kind(), entry.name())).stream()
                    .map(EntryKinds::show).toList());
        }
        Need need = reading(parts[0], parts[1]).map(Need::of).orElse(Need.TOKEN);
        return api.read(call, need, new MeshReads.OneEntry(parts[0], parts[1]), Headers.PLAIN, (sieve, found) -> found
                .map(entry -> api.bodies.json(call, 200, EntryKinds.show(entry)))
                .orElseGet(() -> Reply.text(404, "Config entry not found for " + GoQuote.quote(parts[0]) + " / "
                        + GoQuote.quote(parts[1]))));
    }

    CompletionStage<Reply> delete(Call call) {
        api.requireDatacenter(call);
        String[] parts = call.parameter("rest").split("/", 2);
        if (parts.length < 2 || parts[1].isEmpty()) {
            return Api.now(Reply.text(404, "Must provide both a kind and name to delete"));
        }
        requireKnown(parts[0]);
        Optional<Long> cas = call.query("cas").isEmpty() ? Optional.empty() : Optional.of(Numbers.unsigned(call.query("cas")));
        Command command = new Command.DeleteConfigEntry(parts[0], parts[1], cas);
        return api.propose(call, writing(new ConfigEntry(parts[0], parts[1], Map.of(), 0, 0)), command)
                .thenApply(result -> api.bodies.json(call, 200,
                        cas.isPresent() && result instanceof Result.Decided(boolean held) ? held : Map.of()));
    }

    private static void requireKnown(String kind) {
        if (!kind.isEmpty()) {
            try {
                EntryKinds.require(kind);
            } catch (EntryException e) {
                throw ApiException.refused(e.getMessage());
            }
        }
    }

    /** What reading an entry takes; empty where any token will do. */
    private static Optional<Permission> reading(String kind, String name) {
        return switch (kind) {
            case EntryKinds.PROXY_DEFAULTS, EntryKinds.MESH -> Optional.empty();
            case EntryKinds.INTENTIONS -> Optional.of(Permission.of(Access.READ, Resource.INTENTION, name));
            case EntryKinds.EXPORTED -> Optional.of(Permission.OPERATOR_READ);
            default -> Optional.of(Permission.of(Access.READ, Resource.SERVICE, name));
        };
    }

    private static boolean mayRead(Caller caller, String kind, String name) {
        return reading(kind, name).map(caller::may).orElse(true);
    }

    /** Where an entry leads traffic to other services, its writer has to be allowed to see them. */
    private static Need writing(ConfigEntry entry) {
        return switch (entry.kind()) {
            case EntryKinds.PROXY_DEFAULTS, EntryKinds.MESH, EntryKinds.EXPORTED, EntryKinds.INGRESS, EntryKinds.TERMINATING ->
                Need.of(Permission.OPERATOR_WRITE);
            case EntryKinds.INTENTIONS -> Need.of(Access.WRITE, Resource.INTENTION, entry.name());
            default -> {
                Need need = Need.of(Access.WRITE, Resource.SERVICE, entry.name());
                for (String other : EntryGraph.related(entry)) {
                    need = need.and(Access.READ, Resource.SERVICE, other);
                }
                yield need;
            }
        };
    }

    /** The body of a POST to {@code discovery-chain}. */
    record Overrides(MeshGateway overrideMeshGateway, String overrideProtocol, Object overrideConnectTimeout) {}

    record MeshGateway(String mode) {}

    CompletionStage<Reply> chain(Call call) {
        String service = Api.required(call, "service", "Bad request: Missing chain name");
        String datacenter = call.query("compile-dc").isEmpty() ? api.registry().datacenter() : call.query("compile-dc");
        ChainRequest request = ChainRequest.of(service, datacenter, NO_TRUST_DOMAIN);
        if (call.method().equals("POST") && call.body().length > 0) {
            Overrides overrides;
            try {
                overrides = Json.read(Overrides.class, call.body(), Json.Unknown.REFUSE);
            } catch (JsonException e) {
                throw undecodable(Bodies.reason(e));
            }
            request = new ChainRequest(service, datacenter, NO_TRUST_DOMAIN,
                    overrides.overrideProtocol() == null ? "" : overrides.overrideProtocol(),
                    overrides.overrideMeshGateway() == null || overrides.overrideMeshGateway().mode() == null ? ""
                            : overrides.overrideMeshGateway().mode(),
                    timeout(overrides.overrideConnectTimeout()));
        }
        return api.json(call, Need.of(Access.READ, Resource.SERVICE, service), new MeshReads.Chain(request),
                Headers.WITH_CONSISTENCY, (sieve, chain) -> Bodies.object("Chain", row(chain)));
    }

    private static Duration timeout(Object given) {
        return switch (given) {
            case null -> Duration.ZERO;
            case Number nanos -> Duration.ofNanos(nanos.longValue());
            default -> GoDuration.tryParse(String.valueOf(given)).orElseThrow(
                    () -> undecodable("time: invalid duration " + GoQuote.quote(String.valueOf(given))));
        };
    }

    private static Map<String, Object> row(DiscoveryChain chain) {
        Map<String, Object> row = Bodies.object("ServiceName", chain.service(), "Namespace", "default",
                "Datacenter", chain.datacenter());
        if (!chain.customization().isEmpty()) {
            row.put("CustomizationHash", chain.customization());
        }
        row.put("Protocol", chain.protocol());
        row.put("StartNode", chain.start());
        Map<String, Object> nodes = new TreeMap<>();
        chain.nodes().forEach((key, node) -> nodes.put(key, row(node)));
        row.put("Nodes", nodes);
        Map<String, Object> targets = new TreeMap<>();
        chain.targets().forEach((id, target) -> targets.put(id, row(target)));
        row.put("Targets", targets);
        return row;
    }

    private static Map<String, Object> row(DiscoveryChain.Node node) {
        return switch (node) {
            case DiscoveryChain.Router router -> Bodies.object("Type", "router", "Name", router.name(), "Routes",
                    router.routes().stream().map(route -> Bodies.object("Definition", EntryKinds.showRoute(route.definition()),
                            "NextNode", route.next())).toList());
            case DiscoveryChain.Splitter splitter -> Bodies.object("Type", "splitter", "Name", splitter.name(), "Splits",
                    splitter.splits().stream()
                            .map(split -> Bodies.object("Weight", split.weight(), "NextNode", split.next())).toList());
            case DiscoveryChain.Resolver resolver -> row(resolver);
        };
    }

    private static Map<String, Object> row(DiscoveryChain.Resolver resolver) {
        Map<String, Object> how = new LinkedHashMap<>();
        how.put("ConnectTimeout", GoDuration.format(resolver.connectTimeout()));
        if (resolver.requestTimeout().isPositive()) {
            how.put("RequestTimeout", GoDuration.format(resolver.requestTimeout()));
        }
        if (resolver.isDefault()) {
            how.put("Default", true);
        }
        how.put("Target", resolver.target());
        if (!resolver.failover().isEmpty()) {
            how.put("Failover", Bodies.object("Targets", new ArrayList<>(resolver.failover())));
        }
        Map<String, Object> row = Bodies.object("Type", "resolver", "Name", resolver.name(), "Resolver", how);
        if (!resolver.loadBalancer().isEmpty()) {
            row.put("LoadBalancer", resolver.loadBalancer());
        }
        return row;
    }

    private static Map<String, Object> row(DiscoveryChain.Target target) {
        Map<String, Object> subset = new LinkedHashMap<>();
        if (!target.filter().isEmpty()) {
            subset.put("Filter", target.filter());
        }
        if (target.onlyPassing()) {
            subset.put("OnlyPassing", true);
        }
        Map<String, Object> row = Bodies.object("ID", target.id(), "Service", target.service());
        if (!target.subset().isEmpty()) {
            row.put("ServiceSubset", target.subset());
        }
        row.put("Namespace", "default");
        row.put("Datacenter", target.datacenter());
        row.put("MeshGateway", target.meshGateway().isEmpty() ? Map.of() : Map.of("Mode", target.meshGateway()));
        row.put("Subset", subset);
        row.put("ConnectTimeout", GoDuration.format(target.connectTimeout()));
        if (target.externalSni().isPresent()) {
            row.put("External", true);
        }
        row.put("SNI", target.externalSni().orElse(target.serverName()));
        row.put("Name", target.serverName());
        return row;
    }
}
