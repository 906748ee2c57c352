package muster.registry.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Service;
import muster.wire.Key;

/** The body of catalog/register, and the rows that transactions take. What is absent is null until it becomes a row. */
record RegisterBody(
        @Key("ID") String id,
        String node,
        String address,
        String datacenter,
        Map<String, String> taggedAddresses,
        Map<String, String> nodeMeta,
        ServiceBody service,
        CheckBody check,
        List<CheckBody> checks,
        boolean skipNodeUpdate,
        String namespace) {
    private static final int UUID_LENGTH = 36;

    /** A service in it. */
    record ServiceBody(
            String kind,
            @Key("ID") String id,
            String service,
            List<String> tags,
            String address,
            Map<String, Service.TaggedAddress> taggedAddresses,
            Map<String, String> meta,
            int port,
            Service.Weights weights,
            boolean enableTagOverride,
            ProxyBody proxy,
            ConnectBody connect,
            String namespace,
            long createIndex,
            long modifyIndex) {

        /** The row, its id defaulting to its name. */
        Service row(String node) {
            boolean known = weights != null && isWeight(weights.passing()) && isWeight(weights.warning());
            String name = service == null ? "" : service;
            return new Service(node, id == null || id.isEmpty() ? name : id, name, kind, tags, address, port,
                    taggedAddresses, meta, known ? weights : Service.Weights.DEFAULT, enableTagOverride,
                    proxy == null ? Optional.empty() : Optional.of(proxy.row()),
                    connect != null && connect.isNative(), createIndex, modifyIndex);
        }

        private static boolean isWeight(int weight) {
            return weight >= 1 && weight <= 65_535;
        }

        /** Fails with 500 for what the catalog does not take. */
        void validate() {
            if (id != null && !id.isEmpty() && (service == null || service.isEmpty())) {
                throw ApiException.refused("Must provide service name with ID");
            }
            if (address != null && List.of("0.0.0.0", "::", "[::]").contains(address)) {
                throw ApiException.refused("Invalid service address");
            }
            if ("connect-proxy".equals(kind)) {
                List<String> errors = new ArrayList<>();
                if (proxy == null || proxy.destinationServiceName() == null || proxy.destinationServiceName().isEmpty()) {
                    errors.add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
                }
                if (port == 0) {
                    errors.add("Port must be set for a Connect proxy");
                }
                if (!errors.isEmpty()) {
                    throw ApiException.refused(gathered(errors));
                }
            }
        }

        private static String gathered(List<String> errors) {
            StringBuilder text = new StringBuilder(errors.size() == 1 ? "1 error" : errors.size() + " errors");
            text.append(" occurred:\n");
            errors.forEach(error -> text.append("\t* ").append(error).append('\n'));
            return text.append('\n').toString();
        }
    }

    /** A proxy's definition. */
    record ProxyBody(
            String destinationServiceName,
            @Key("DestinationServiceID") String destinationServiceId,
            String localServiceAddress,
            int localServicePort,
            Map<String, Object> config,
            List<UpstreamBody> upstreams,
            MeshGateway meshGateway,
            Object expose) {
        Service.Proxy row() {
            return new Service.Proxy(destinationServiceName, destinationServiceId, localServiceAddress, localServicePort,
                    config, upstreams == null ? List.of() : upstreams.stream().filter(Objects::nonNull).map(UpstreamBody::row).toList(),
                    meshGateway == null ? "" : meshGateway.mode());
        }
    }

    record UpstreamBody(
            String destinationType,
            String destinationNamespace,
            String destinationName,
            String datacenter,
            String localBindAddress,
            int localBindPort,
            Map<String, Object> config,
            MeshGateway meshGateway) {
        Service.Upstream row() {
            return new Service.Upstream(destinationType, destinationName, datacenter, localBindAddress, localBindPort,
                    config, meshGateway == null ? "" : meshGateway.mode());
        }
    }

    record MeshGateway(String mode) {}

    record ConnectBody(@Key("Native") boolean isNative, Object sidecarService) {}

    /** A check in it. */
    record CheckBody(
            String node,
            @Key("CheckID") String checkId,
            String name,
            String status,
            String notes,
            String output,
            @Key("ServiceID") String serviceId,
            String serviceName,
            List<String> serviceTags,
            String type,
            DefinitionBody definition,
            String namespace,
            long createIndex,
            long modifyIndex) {

        /** The row, its id defaulting to its name. */
        Check row(String ofNode) {
            Check.Definition defined = definition == null ? Check.Definition.NONE : definition.row();
            return new Check(ofNode, checkId == null || checkId.isEmpty() ? name : checkId, name, status, notes, output,
                    serviceId, serviceName, serviceTags, type, defined, createIndex, modifyIndex);
        }

        /** As {@link #row}, with the type that the definition shows where none is given. */
        Check typed(String ofNode) {
            Check row = row(ofNode);
            String shown = !row.type().isEmpty() ? row.type()
                    : !row.definition().http().isEmpty() ? "http"
                    : !row.definition().tcp().isEmpty() ? "tcp" : "";
            return new Check(row.node(), row.id(), row.name(), row.status(), row.notes(), row.output(), row.serviceId(),
                    row.serviceName(), row.serviceTags(), shown, row.definition(), row.createIndex(), row.modifyIndex());
        }
    }

    record DefinitionBody(
            Duration interval,
            Duration timeout,
            Duration deregisterCriticalServiceAfter,
            @Key("HTTP") String http,
            @Key("TLSSkipVerify") boolean tlsSkipVerify,
            Map<String, List<String>> header,
            String method,
            String body,
            @Key("TCP") String tcp,
            Duration intervalDuration,
            Duration timeoutDuration,
            Duration deregisterCriticalServiceAfterDuration) {
        Check.Definition row() {
            return new Check.Definition(either(interval, intervalDuration), either(timeout, timeoutDuration),
                    either(deregisterCriticalServiceAfter, deregisterCriticalServiceAfterDuration), http, tlsSkipVerify,
                    header, method, body, tcp);
        }

        private static Duration either(Duration one, Duration other) {
            return one == null ? other : one;
        }
    }

    /** The command, after the checks that the catalog makes before anything is written; they fail with 500. */
    Command.Register command(String ownDatacenter) {
        if (node == null || node.isEmpty()) {
            throw ApiException.refused("Must provide node");
        }
        if ((address == null || address.isEmpty()) && !skipNodeUpdate) {
            throw ApiException.refused("Must provide address if SkipNodeUpdate is not set");
        }
        if (id != null && !id.isEmpty() && id.length() != UUID_LENGTH) {
            throw ApiException.refused("Bad node ID: uuid string is wrong length");
        }
        if (service != null) {
            service.validate();
        }
        List<CheckBody> all = new ArrayList<>(checks == null ? List.of() : checks);
        all.removeIf(Objects::isNull);
        if (check != null) {
            all.add(check);
        }
        for (CheckBody one : all) {
            if (one.node() != null && !one.node().isEmpty() && !one.node().equals(node)) {
                throw ApiException.refused(
                        "check node \"" + one.node() + "\" does not match node \"" + node + "\"");
            }
        }
        return new Command.Register(
                new Node(id, node, address, ownDatacenter, taggedAddresses, nodeMeta, 0, 0),
                skipNodeUpdate,
                Optional.ofNullable(service).map(one -> one.row(node)),
                all.stream().map(one -> one.typed(node)).toList());
    }
}
