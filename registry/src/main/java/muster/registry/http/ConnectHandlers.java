package muster.registry.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.registry.connect.CertificateAuthority;
import muster.registry.connect.CertificateAuthority.RefusedConfigurationException;
import muster.registry.connect.Leaf;
import muster.registry.connect.LeafCertificates;
import muster.registry.connect.SpiffeId;
import muster.registry.mesh.Authority;
import muster.registry.mesh.Intention;
import muster.registry.query.MeshReads;
import muster.wire.GoTime;

/** The mesh's certificates, and who may connect to whom. (Consul HTTP API: Connect, Certificate Authority; Agent, Connect) */
final class ConnectHandlers {
    private final Api api;
    private final CertificateAuthority authority;
    private final LeafCertificates leafs;

    ConnectHandlers(Api api, CertificateAuthority authority, LeafCertificates leafs) {
        this.api = api;
        this.authority = authority;
        this.leafs = leafs;
    }

    private void requireOn() {
        if (!api.settings.connect()) {
            throw ApiException.refused("Connect must be enabled in order to use this endpoint");
        }
    }

    CompletionStage<Reply> roots(Call call) {
        return roots(call, reply -> reply);
    }

    /** The same out of the agent's memory, which follows the servers'. */
    CompletionStage<Reply> agentRoots(Call call) {
        return roots(call, reply -> reply.with("X-Cache", "HIT").with("Age", "0"));
    }

    private CompletionStage<Reply> roots(Call call, Function<Reply.Full, Reply.Full> finish) {
        ReadOptions options = ReadOptions.of(call);
        api.requireDatacenter(call);
        requireOn();
        boolean pem = call.query("pem").equals("true");
        return authority.present()
                .thenCompose(known -> api.registry().query(new MeshReads.OfAuthority(), options.index(), options.waitTime(), call.gone()))
                .thenApply(answer -> {
                    Authority now = answer.value().orElseThrow();
                    Reply.Full reply = pem ? Reply.of(200, "application/pem-certificate-chain", bundle(now))
                            : api.bodies.json(call, 200, row(now));
                    // The original does not fill in who leads here, and clients see that there is none.
                    return finish.apply(reply.with("X-Consul-Index", Long.toUnsignedString(answer.index()))
                            .with("X-Consul-KnownLeader", "false").with("X-Consul-LastContact", "0"));
                });
    }

    private static byte[] bundle(Authority now) {
        StringBuilder text = new StringBuilder();
        for (Authority.Root root : now.roots()) {
            text.append(root.certificate());
            root.intermediates().forEach(text::append);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> row(Authority now) {
        List<Object> roots = new ArrayList<>();
        for (Authority.Root root : now.roots()) {
            roots.add(Bodies.object("ID", root.id(), "Name", root.name(), "SerialNumber", new java.math.BigInteger(root.serialNumber()),
                    "SigningKeyID", root.signingKeyId(), "ExternalTrustDomain", now.clusterId(),
                    "NotBefore", GoTime.rfc3339(root.notBefore()), "NotAfter", GoTime.rfc3339(root.notAfter()),
                    "RootCert", root.certificate(), "IntermediateCerts", root.intermediates().isEmpty() ? null : root.intermediates(),
                    "Active", root.active(), "PrivateKeyType", root.keyType(), "PrivateKeyBits", root.keyBits(),
                    "CreateIndex", root.createIndex(), "ModifyIndex", root.modifyIndex()));
        }
        return Bodies.object("ActiveRootID", now.activeRoot().id(), "TrustDomain", now.trustDomain(), "Roots", roots);
    }

    CompletionStage<Reply> configuration(Call call) {
        ReadOptions.of(call);
        api.requireDatacenter(call);
        requireOn();
        api.require(call, Need.of(Permission.OPERATOR_READ));
        return authority.present().thenApply(now -> api.bodies.json(call, 200, Bodies.object(
                "Provider", now.configuration().provider(), "Config", now.configuration().config(), "State", null,
                "ForceWithoutCrossSigning", now.configuration().forceWithoutCrossSigning(),
                "CreateIndex", now.createIndex(), "ModifyIndex", now.modifyIndex())));
    }

    /** The body of connect/ca/configuration. */
    record Configuration(
            String provider, Map<String, Object> config, Map<String, Object> state, boolean forceWithoutCrossSigning,
            long createIndex, long modifyIndex) {}

    CompletionStage<Reply> configure(Call call) {
        api.requireDatacenter(call);
        Configuration body = Bodies.read(call, Configuration.class);
        requireOn();
        api.require(call, Need.of(Permission.OPERATOR_WRITE));
        String provider = body.provider() == null ? "" : body.provider();
        Map<String, Object> config = body.config() == null ? Map.of() : body.config();
        CompletionStage<Authority> changed;
        try {
            changed = authority.configure(provider, config, body.forceWithoutCrossSigning());
        } catch (RefusedConfigurationException e) {
            throw ApiException.refused(e.getMessage());
        }
        return changed.handle((after, failure) -> {
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            if (cause instanceof RefusedConfigurationException refused) {
                throw ApiException.refused(refused.getMessage());
            }
            if (cause != null) {
                throw new CompletionException(cause);
            }
            return Reply.empty(200);
        });
    }

    CompletionStage<Reply> leaf(Call call) {
        String service = call.parameter("service");
        ReadOptions options = ReadOptions.of(call);
        api.requireDatacenter(call);
        requireOn();
        if (service.isEmpty()) {
            throw ApiException.refused("URI must be either service or agent");
        }
        api.require(call, Need.of(Access.WRITE, Resource.SERVICE, service));
        return leafs.get(service, options.index(), options.waitTime(), call.gone()).thenApply(leaf -> api.bodies.json(call, 200, row(leaf))
                .with("X-Consul-Index", Long.toUnsignedString(leaf.index())).with("X-Cache", "MISS"));
    }

    private static Map<String, Object> row(Leaf leaf) {
        return Bodies.object("SerialNumber", leaf.serial(), "CertPEM", leaf.certificate(), "PrivateKeyPEM", leaf.key(),
                "Service", leaf.service(), "ServiceURI", leaf.uri(), "ValidAfter", GoTime.rfc3339(leaf.from()),
                "ValidBefore", GoTime.rfc3339(leaf.until()), "CreateIndex", leaf.index(), "ModifyIndex", leaf.index());
    }

    /** The body of agent/connect/authorize. */
    record Authorize(String target, @muster.wire.Key("ClientCertURI") String clientCertUri, String clientCertSerial) {}

    CompletionStage<Reply> authorize(Call call) {
        Authorize body = Bodies.read(call, Authorize.class);
        requireOn();
        if (body.target() == null || body.target().isEmpty()) {
            throw ApiException.badRequest("Bad request: Target service must be specified");
        }
        SpiffeId id = SpiffeId.parse(body.clientCertUri() == null ? "" : body.clientCertUri()).orElseThrow(
                () -> ApiException.badRequest("Bad request: ClientCertURI not a valid Connect identifier"));
        if (!(id instanceof SpiffeId.Service client)) {
            throw ApiException.badRequest("Bad request: ClientCertURI not a valid Service identifier");
        }
        api.require(call, Need.of(Access.WRITE, Resource.SERVICE, body.target()));
        return authority.present().thenApply(now -> api.bodies.json(call, 200, decision(now, client, body.target()))
                .with("X-Cache", "HIT").with("Age", "0"));
    }

    private Map<String, Object> decision(Authority now, SpiffeId.Service client, String target) {
        if (!client.trustDomain().equalsIgnoreCase(now.trustDomain())) {
            return Bodies.object("Authorized", false, "Reason", "Identity from an external trust domain: " + client.trustDomain());
        }
        Optional<Intention> deciding = api.registry().snapshot().mesh().deciding(client.service(), target);
        if (deciding.isPresent()) {
            return Bodies.object("Authorized", deciding.get().isAllowed(), "Reason", "Matched intention: " + deciding.get().text());
        }
        return api.registry().access().isOn()
                ? Bodies.object("Authorized", api.registry().access().settings().allowByDefault(),
                        "Reason", "Default behavior configured by ACLs")
                : Bodies.object("Authorized", true, "Reason", "ACLs disabled, access is allowed by default");
    }
}
