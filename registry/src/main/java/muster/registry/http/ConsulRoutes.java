package muster.registry.http;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import muster.http.Handlers;
import muster.http.Routes;
import muster.raft.members.AgentMember;
import muster.registry.Registry;
import muster.registry.event.Events;
import muster.raft.members.Cluster;
import muster.registry.connect.CertificateAuthority;
import muster.registry.connect.LeafCertificates;

/** The list of Consul's endpoints, one line each, but for those of the local agent. */
public final class ConsulRoutes {
    private static final long MAX_JSON_BODY = 4 << 20;

    private ConsulRoutes() {}

    /** Adds the endpoints. {@code ids} makes the ids of sessions and events; any thread may ask it. */
    public static void add(Routes routes, Registry registry, ApiSettings settings, Supplier<UUID> ids) {
        AgentMember self = new AgentMember(settings.nodeName(), settings.nodeId(), "127.0.0.1", 0, true, registry.datacenter(), Map.of(), 0,
                AgentMember.Status.ALIVE, settings.startedAt().toEpochMilli());
        add(routes, registry, settings, Cluster.alone(self, settings.serverAddress(), registry::isLeader, () -> registry.snapshot().index()),
                events(registry, settings.nodeName()), ids);
    }

    /** The events of a server on the named node. */
    public static Events events(Registry registry, String node) {
        return new Events(node, () -> registry.snapshot().catalog().servicesOf(node));
    }

    /** The same of a server that is one of several. */
    public static void add(Routes routes, Registry registry, ApiSettings settings, Cluster cluster, Events events, Supplier<UUID> ids) {
        Api api = new Api(registry, settings, cluster);

        KvHandlers kv = new KvHandlers(api);
        routes.get("/v1/kv/*key", kv::get)
                .add("PUT", "/v1/kv/*key", settings.maxValueBytes(), kv::put)
                .delete("/v1/kv/*key", kv::delete);

        CatalogHandlers catalog = new CatalogHandlers(api);
        routes.add("PUT", "/v1/catalog/register", MAX_JSON_BODY, catalog::register)
                .put("/v1/catalog/deregister", catalog::deregister)
                .get("/v1/catalog/datacenters", catalog::datacenters)
                .get("/v1/catalog/nodes", catalog::nodes)
                .get("/v1/catalog/services", catalog::services)
                .get("/v1/catalog/service/*service", catalog::service)
                .get("/v1/catalog/connect/*service", catalog::connect)
                .get("/v1/catalog/node/*node", catalog::node)
                .get("/v1/catalog/node-services/*node", catalog::nodeServices)
                .get("/v1/catalog/gateway-services/*gateway", catalog::gatewayServices);

        HealthHandlers health = new HealthHandlers(api);
        routes.get("/v1/health/node/*node", health::node)
                .get("/v1/health/checks/*service", health::checks)
                .get("/v1/health/state/*state", health::state)
                .get("/v1/health/service/*service", health::service)
                .get("/v1/health/connect/*service", health::connect)
                .get("/v1/health/ingress/*service", health::ingress);

        SessionHandlers sessions = new SessionHandlers(api, ids);
        routes.put("/v1/session/create", sessions::create)
                .put("/v1/session/destroy/*id", sessions::destroy)
                .put("/v1/session/renew/*id", sessions::renew)
                .get("/v1/session/info/*id", sessions::info)
                .get("/v1/session/node/*node", sessions::ofNode)
                .get("/v1/session/list", sessions::list);

        TxnHandlers transactions = new TxnHandlers(api);
        routes.add("PUT", "/v1/txn", settings.maxTransactionBytes(), transactions::run);

        routes.put("/v1/event/fire/*name", new EventHandlers(api, events, ids)::fire);
        new EventList(events, registry.access(), api.bodies).addTo(routes);

        StatusHandlers status = new StatusHandlers(api);
        routes.get("/", status::root)
                .get("/v1/status/leader", status::leader)
                .get("/v1/status/peers", status::peers);

        CoordinateHandlers coordinates = new CoordinateHandlers(api);
        routes.get("/v1/coordinate/datacenters", coordinates::datacenters)
                .get("/v1/coordinate/nodes", coordinates::nodes)
                .get("/v1/coordinate/node/*node", coordinates::node)
                .put("/v1/coordinate/update", coordinates::update);

        UiHandlers ui = new UiHandlers(api);
        routes.get("/v1/internal/ui/services", ui::services)
                .get("/v1/internal/ui/nodes", ui::nodes)
                .get("/v1/internal/ui/node/*node", ui::node);

        QueryHandlers queries = new QueryHandlers(api, ids);
        routes.get("/v1/query", queries::list)
                .post("/v1/query", queries::create)
                .get("/v1/query/*id", queries::get)
                .put("/v1/query/*id", queries::update)
                .delete("/v1/query/*id", queries::delete)
                .post("/v1/query/*id", Handlers.direct(QueryHandlers::wrongMethod));

        mesh(routes, api, ids, registry);

        SnapshotHandlers snapshots = new SnapshotHandlers(api, ids);
        routes.get("/v1/snapshot", snapshots::save)
                .add("PUT", "/v1/snapshot", SnapshotHandlers.MAX_ARCHIVE, snapshots::restore);

        OperatorHandlers operator = new OperatorHandlers(api);
        routes.get("/v1/operator/raft/configuration", operator::raftConfiguration)
                .delete("/v1/operator/raft/peer", operator::removePeer)
                .get("/v1/operator/autopilot/configuration", operator::autopilot)
                .put("/v1/operator/autopilot/configuration", operator::setAutopilot)
                .get("/v1/operator/autopilot/health", operator::health)
                .get("/v1/operator/keyring", operator::keyring)
                .put("/v1/operator/keyring", operator::keyring)
                .post("/v1/operator/keyring", operator::keyring)
                .delete("/v1/operator/keyring", operator::keyring);

        AclRoutes.add(routes, api, ids);
    }

    private static void mesh(Routes routes, Api api, Supplier<UUID> ids, Registry registry) {
        ConfigHandlers config = new ConfigHandlers(api);
        routes.put("/v1/config", config::set)
                .get("/v1/config/*rest", config::get)
                .delete("/v1/config/*rest", config::delete)
                .get("/v1/discovery-chain/*service", config::chain)
                .post("/v1/discovery-chain/*service", config::chain);

        IntentionHandlers intentions = new IntentionHandlers(api, ids, registry.clock());
        routes.get("/v1/connect/intentions", intentions::list)
                .post("/v1/connect/intentions", intentions::create)
                .get("/v1/connect/intentions/match", intentions::match)
                .get("/v1/connect/intentions/check", intentions::check)
                .get("/v1/connect/intentions/exact", intentions::exact)
                .put("/v1/connect/intentions/exact", intentions::exact)
                .delete("/v1/connect/intentions/exact", intentions::exact)
                .get("/v1/connect/intentions/*id", intentions::get)
                .put("/v1/connect/intentions/*id", intentions::update)
                .delete("/v1/connect/intentions/*id", intentions::delete);

        CertificateAuthority authority = new CertificateAuthority(registry, ids);
        ConnectHandlers connect = new ConnectHandlers(api, authority,
                new LeafCertificates(registry, authority, new SplittableRandom(ids.get().getLeastSignificantBits())));
        routes.get("/v1/connect/ca/roots", connect::roots)
                .get("/v1/connect/ca/configuration", connect::configuration)
                .put("/v1/connect/ca/configuration", connect::configure)
                .get("/v1/agent/connect/ca/roots", connect::agentRoots)
                .get("/v1/agent/connect/ca/leaf/*service", connect::leaf)
                .post("/v1/agent/connect/authorize", connect::authorize);
    }
}
