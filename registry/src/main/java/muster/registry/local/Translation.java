package muster.registry.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import muster.registry.acl.Access;
import muster.registry.acl.AccessControl;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.PreparedAnswer;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.registry.query.Answer;
import muster.registry.query.MeshReads;
import muster.registry.query.PreparedReads;
import muster.registry.query.Reads;
import muster.registry.query.StateQuery;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Service;
import muster.registry.state.State;
import muster.wire.GoDuration;

/**
 * A client's query as a query of the state: what is read, and how its answer looks to a client, without what that may not see.
 * Pure.
 */
record Translation<A, T>(StateQuery<A> query, BiFunction<Sieve, A, T> form) {
    /**
     * @param datacenter the registry's own, the only one there is to ask for
     * @param access resolves the token that a prepared query may have of its own
     */
    @SuppressWarnings("unchecked") // each case gives its own query's type of answer
    static <T> Translation<?, T> of(Query<T> query, String datacenter, AccessControl access) {
        return (Translation<?, T>) switch (query) {
            case Query.Key key -> new Translation<>(new Reads.Key(key.key()), (sieve, found) -> {
                sieve.caller().require(Need.of(Access.READ, Resource.KEY, key.key()));
                return found.map(Translation::entry);
            });
            case Query.Entries entries ->
                new Translation<>(new Reads.Entries(entries.prefix()), (sieve, all) -> map(sieve.entries(all), Translation::entry));
            case Query.Keys keys -> new Translation<>(new Reads.KeyNames(keys.prefix(), keys.separator()), (sieve, all) -> List.copyOf(sieve.keys(all)));
            case Query.Services services -> new Translation<>(new Reads.ServiceNames(Map.of()),
                    (sieve, names) -> summaries(sieve.keep(names, Resource.SERVICE)));
            case Query.CatalogService service -> new Translation<>(new Reads.Instances(service.service()), (sieve, all) ->
                    map(tagged(sieve.instances(all), service.tags()), found -> instance(found.node(), found.service(), List.of())));
            case Query.HealthService service ->
                new Translation<>(new Reads.Instances(service.service()), (sieve, all) -> healthy(sieve.instances(all), service));
            case Query.ConnectService service -> new Translation<>(new Reads.Connectable(service.service()),
                    (sieve, all) -> map(sieve.instances(all), Translation::withChecks));
            case Query.IngressService service -> new Translation<>(new MeshReads.Ingress(service.service()),
                    (sieve, all) -> map(sieve.instances(all), Translation::withChecks));
            case Query.Execute run -> new Translation<>(new PreparedReads.Executed(run.name(), false),
                    (sieve, found) -> execution(found, datacenter, sieve, access));
            case Query.ChecksInState checks ->
                new Translation<>(new Reads.ChecksInState(checks.state()), (sieve, all) -> map(sieve.checks(all), Translation::check));
            case Query.Nodes nodes -> new Translation<>(new Reads.Nodes(), (sieve, all) -> map(sieve.nodes(all), Translation::node));
            case Query.NodeServices node -> new Translation<>(new Reads.ServicesOfNode(node.node()),
                    (sieve, found) -> found.filter(row -> sieve.shows(row.node())).map(row -> nodeWithServices(
                            new Reads.NodeServices(row.node(), sieve.services(row.services())))));
            case Query.Datacenters datacenters -> new Translation<>(new Itself(datacenter), (sieve, name) -> List.of(name));
            case Query.Stamped<?> stamped -> of(stamped.of(), datacenter, access).stamped();
        };
    }

    private static Optional<PreparedAnswer> execution(
            PreparedReads.Execution execution, String datacenter, Sieve sieve, AccessControl access) {
        return switch (execution) {
            case PreparedReads.Execution.Missing missing -> Optional.empty();
            case PreparedReads.Execution.Failed(String message) -> throw new RegistryException(message, 500, null);
            case PreparedReads.Execution.Found(var query, var instances) -> Optional.of(new PreparedAnswer(query.service().service(),
                    map((query.token().isEmpty() ? sieve : Sieve.of(access.caller(query.token()))).instances(instances),
                            Translation::withChecks), GoDuration.tryParse(query.dnsTtl()), datacenter));
        };
    }

    private static ServiceInstance withChecks(Catalog.Instance row) {
        return instance(row.node(), row.service(), map(row.checks(), Translation::check));
    }

    private Translation<?, Indexed<T>> stamped() {
        return new Translation<>(new Stamp<>(query), (sieve, answer) -> new Indexed<>(form.apply(sieve, answer.value()), answer.index()));
    }

    /** An answer that takes its index along. */
    private record Stamp<A>(StateQuery<A> query) implements StateQuery<Answer<A>> {
        @Override
        public Answer<Answer<A>> answer(State state) {
            Answer<A> answer = query.at(state);
            return new Answer<>(answer, answer.index(), answer.read());
        }
    }

    /** An answer that no change touches. */
    private record Itself(String value) implements StateQuery<String> {
        @Override
        public Answer<String> answer(State state) {
            return Answer.of(value, 1);
        }
    }

    /** Reads it in a state that may be this old, which is zero where a leader is known. */
    Reading<T> read(State state, Duration age, Caller caller) {
        Reading<T> reading = reading(query.answer(state), caller);
        return age.isZero() ? reading : new Reading<>(reading.value(), reading.index(), false, age);
    }

    /** The answer as the caller sees it; throws {@link muster.registry.acl.DeniedException}. */
    Reading<T> reading(Answer<A> answer, Caller caller) {
        return new Reading<>(form.apply(Sieve.of(caller), answer.value()), answer.index(), true, Duration.ZERO);
    }

    private static List<ServiceInstance> healthy(List<Catalog.Instance> all, Query.HealthService query) {
        List<ServiceInstance> found = new ArrayList<>();
        for (Catalog.Instance row : tagged(all, query.tags())) {
            ServiceInstance instance = instance(row.node(), row.service(), map(row.checks(), Translation::check));
            boolean passing = instance.checks().stream().allMatch(check -> check.status() == HealthCheck.Status.PASSING);
            if (passing || !query.passingOnly()) {
                found.add(instance);
            }
        }
        return found;
    }

    /** Tags compare without letter case, and all must be there. */
    private static List<Catalog.Instance> tagged(List<Catalog.Instance> all, List<String> tags) {
        return all.stream().filter(row -> tags.stream()
                .allMatch(tag -> row.service().tags().stream().anyMatch(tag::equalsIgnoreCase))).toList();
    }

    private static List<ServiceSummary> summaries(Map<String, TreeSet<String>> names) {
        return names.entrySet().stream()
                .map(entry -> new ServiceSummary(entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
    }

    private static NodeWithServices nodeWithServices(Reads.NodeServices row) {
        return new NodeWithServices(
                node(row.node()), map(row.services(), service -> instance(row.node(), service, List.of())));
    }

    private static KeyValue entry(muster.registry.state.KeyValue row) {
        return new KeyValue(row.key(), row.value(), row.flags(), row.session(), row.lockIndex(), row.createIndex(),
                row.modifyIndex());
    }

    private static Node node(muster.registry.state.Node row) {
        return new Node(row.id(), row.name(), row.address(), row.datacenter(), row.taggedAddresses(), row.meta(),
                row.createIndex(), row.modifyIndex());
    }

    private static ServiceInstance instance(
            muster.registry.state.Node node, Service row, List<HealthCheck> checks) {
        Map<String, ServiceInstance.TaggedAddress> tagged = new HashMap<>();
        row.taggedAddresses().forEach((name, address) ->
                tagged.put(name, new ServiceInstance.TaggedAddress(address.address(), address.port())));
        return new ServiceInstance(node(node), row.kind(), row.id(), row.name(), row.tags(), row.address(), row.port(), tagged,
                row.meta(), new ServiceInstance.Weights(row.weights().passing(), row.weights().warning()),
                row.enableTagOverride(), checks, row.createIndex(), row.modifyIndex());
    }

    /** The catalog takes any word as a status; one that is none of the three is as good as critical. */
    private static HealthCheck check(Check row) {
        HealthCheck.Status status = switch (row.status().toLowerCase(Locale.ROOT)) {
            case Check.PASSING -> HealthCheck.Status.PASSING;
            case Check.WARNING -> HealthCheck.Status.WARNING;
            default -> HealthCheck.Status.CRITICAL;
        };
        return new HealthCheck(row.node(), row.id(), row.name(), status, row.notes(), row.output(), row.serviceId(),
                row.serviceName(), row.serviceTags(), row.type(), row.createIndex(), row.modifyIndex());
    }

    private static <A, B> List<B> map(List<A> all, Function<A, B> form) {
        return all.stream().map(form).toList();
    }

    /** For queries that name another datacenter. */
    static Optional<String> refusal(Query<?> query, String datacenter) {
        String asked = query.scope().datacenter();
        return asked.isEmpty() || asked.equals(datacenter) ? Optional.empty() : Optional.of("No path to datacenter");
    }
}
