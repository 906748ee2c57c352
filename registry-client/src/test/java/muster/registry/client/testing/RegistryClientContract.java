package muster.registry.client.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.KeyValue;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceSummary;
import muster.registry.client.View;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link RegistryClient} keeps to, whatever is behind it. An implementation's test extends this and gives a
 * client; names are new in each test, so a registry may be used for many. What an agent passes on to the catalog may take a
 * moment, so states of services are waited for.
 */
@Timeout(120)
public abstract class RegistryClientContract {
    private static final Query.Scope LOCAL = Query.Scope.LOCAL;

    private final String unique = UUID.randomUUID().toString().substring(0, 8);
    private final List<RegistryClient.Watch> open = new ArrayList<>();

    /** The client under test: always the same one within a test. Whoever made it closes it. */
    protected abstract RegistryClient client();

    @AfterEach
    void endWatches() {
        open.forEach(RegistryClient.Watch::close);
    }

    private String key(String rest) {
        return "contract-" + unique + "/" + rest;
    }

    private String service(String rest) {
        return "svc-" + unique + rest;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ServiceRegistration registration(String name, String id, int port, List<String> tags,
            List<ServiceRegistration.Check> checks) {
        return new ServiceRegistration(id, name, tags, "10.9.8.7", port, Map.of("m", "1"),
                new ServiceInstance.Weights(5, 2), false, checks);
    }

    private static ServiceRegistration.Check ttl(String id, HealthCheck.Status status) {
        return new ServiceRegistration.Check(id, "alive", new ServiceRegistration.Probe.Ttl(Duration.ofHours(1)),
                Optional.of(status), 0, 0, Optional.empty());
    }

    private List<ServiceInstance> healthy(String name, boolean passingOnly) {
        return client().read(new Query.HealthService(name, List.of(), passingOnly, "", LOCAL)).value();
    }

    /** Views of a watch, in the order they came. */
    private final class Seen<T> implements RegistryClient.Listener<T> {
        private final List<View<T>> views = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void changed(View<T> view) {
            views.add(view);
        }

        List<View<T>> all() {
            synchronized (views) {
                return List.copyOf(views);
            }
        }

        View<T> await(String what, java.util.function.Predicate<View<T>> wanted) {
            return Eventually.value(what, () -> all().stream().filter(wanted).reduce((a, b) -> b));
        }
    }

    private <T> Seen<T> watch(Query<T> query) {
        Seen<T> seen = new Seen<>();
        open.add(client().watch(query, seen));
        return seen;
    }

    // KV.

    @Test
    void an_absent_key_is_an_empty_answer_with_an_index() {
        Reading<Optional<KeyValue>> reading = client().read(new Query.Key(key("none"), LOCAL));
        assertThat(reading.value()).isEmpty();
        assertThat(reading.index()).isPositive();
        assertThat(client().read(new Query.Entries(key(""), LOCAL)).value()).isEmpty();
        assertThat(client().read(new Query.Keys(key(""), "", LOCAL)).value()).isEmpty();
    }

    @Test
    void a_key_keeps_its_bytes_and_its_64_bits_of_flags() {
        byte[] value = {0, 1, (byte) 0xff, (byte) 0xc3, '\n'};
        long flags = 0xf000_0000_0000_0001L;
        assertThat(client().put(key("a"), value, flags, Optional.empty())).isTrue();
        Reading<Optional<KeyValue>> reading = client().read(new Query.Key(key("a"), LOCAL));
        KeyValue entry = reading.value().orElseThrow();
        assertThat(entry.key()).isEqualTo(key("a"));
        assertThat(entry.value()).isEqualTo(value);
        assertThat(entry.flags()).isEqualTo(flags);
        assertThat(entry.session()).isEmpty();
        assertThat(entry.modifyIndex()).isPositive().isEqualTo(entry.createIndex());
        assertThat(reading.index()).isGreaterThanOrEqualTo(entry.modifyIndex());
    }

    @Test
    void an_empty_value_is_a_value() {
        client().put(key("empty"), new byte[0]);
        assertThat(client().read(new Query.Key(key("empty"), LOCAL)).value().orElseThrow().value()).isEmpty();
    }

    @Test
    void keys_may_hold_any_character() {
        List<String> names = List.of("with blank", "per%cent", "100%25", "plus+and&amp", "quest?ion", "ha#sh", "umläut-€-😀",
                "semi;colon", "quote\"'", "back\\slash", "folder/", "a=b,c", "{x}|^`~", "new:colon@at");
        for (String name : names) {
            client().put(key(name), bytes(name));
        }
        for (String name : names) {
            assertThat(client().read(new Query.Key(key(name), LOCAL)).value().map(KeyValue::text)).as(name).contains(name);
        }
        assertThat(client().read(new Query.Keys(key(""), "", LOCAL)).value())
                .containsExactlyInAnyOrderElementsOf(names.stream().map(this::key).toList());
        for (String name : names) {
            client().delete(key(name), false);
        }
        assertThat(client().read(new Query.Keys(key(""), "", LOCAL)).value()).isEmpty();
    }

    @Test
    void cas_sets_only_at_the_named_index() {
        assertThat(client().put(key("c"), bytes("1"), 0, Optional.of(7L))).isFalse();
        assertThat(client().put(key("c"), bytes("1"), 0, Optional.of(0L))).isTrue();
        assertThat(client().put(key("c"), bytes("2"), 0, Optional.of(0L))).isFalse();
        long index = client().read(new Query.Key(key("c"), LOCAL)).value().orElseThrow().modifyIndex();
        assertThat(client().put(key("c"), bytes("2"), 0, Optional.of(index))).isTrue();
        assertThat(client().put(key("c"), bytes("3"), 0, Optional.of(index))).isFalse();
        assertThat(client().read(new Query.Key(key("c"), LOCAL)).value().orElseThrow().text()).isEqualTo("2");
    }

    @Test
    void entries_and_keys_come_in_byte_order_and_keys_are_cut_at_the_separator() {
        for (String name : List.of("b", "a/2", "a/1", "B", "a")) {
            client().put(key(name), bytes(name));
        }
        assertThat(client().read(new Query.Entries(key(""), LOCAL)).value().stream().map(KeyValue::text))
                .containsExactly("B", "a", "a/1", "a/2", "b");
        assertThat(client().read(new Query.Keys(key(""), "/", LOCAL)).value())
                .containsExactly(key("B"), key("a"), key("a/"), key("b"));
    }

    @Test
    void deletes_one_key_or_all_below_a_prefix() {
        for (String name : List.of("d/1", "d/2", "d/2/x", "e")) {
            client().put(key(name), bytes(name));
        }
        client().delete(key("d/1"), false);
        client().delete(key("d/1"), false);
        assertThat(client().read(new Query.Keys(key("d/"), "", LOCAL)).value()).containsExactly(key("d/2"), key("d/2/x"));
        client().delete(key("d/"), true);
        assertThat(client().read(new Query.Keys(key(""), "", LOCAL)).value()).containsExactly(key("e"));
    }

    // Services.

    @Test
    void a_registered_service_is_found_and_a_deregistered_one_is_not() {
        String name = service("web");
        client().register(registration(name, name + "-1", 8080, List.of("v2", "blue"), List.of()));

        Eventually.passes("the instance is in the catalog", () -> {
            ServiceInstance found = client().read(new Query.CatalogService(name, List.of(), "", LOCAL)).value().getFirst();
            assertThat(found.id()).isEqualTo(name + "-1");
            assertThat(found.name()).isEqualTo(name);
            assertThat(found.tags()).containsExactlyInAnyOrder("v2", "blue");
            assertThat(found.address()).isEqualTo("10.9.8.7");
            assertThat(found.port()).isEqualTo(8080);
            assertThat(found.meta()).containsEntry("m", "1");
            assertThat(found.weights()).isEqualTo(new ServiceInstance.Weights(5, 2));
            assertThat(found.kind()).isEmpty();
            assertThat(found.checks()).isEmpty();
            assertThat(found.node().name()).isEqualTo(client().self().nodeName());
            assertThat(found.node().datacenter()).isEqualTo(client().self().datacenter());
            assertThat(found.modifyIndex()).isPositive();
        });
        assertThat(client().read(new Query.Services(LOCAL)).value()).contains(new ServiceSummary(name, List.of("blue", "v2")));
        assertThat(healthy(name, true)).hasSize(1);

        client().deregister(name + "-1");
        Eventually.passes("the instance is gone", () -> assertThat(healthy(name, false)).isEmpty());
        assertThat(client().read(new Query.Services(LOCAL)).value()).noneMatch(summary -> summary.name().equals(name));
    }

    @Test
    void a_service_may_have_more_addresses() {
        String name = service("reached");
        ServiceInstance.TaggedAddress lan = new ServiceInstance.TaggedAddress("10.0.0.2", 81);
        client().register(new ServiceRegistration(name, name, List.of(), "10.0.0.1", 80, Map.of("lan", lan), Map.of(),
                ServiceInstance.Weights.DEFAULT, false, List.of()));
        Eventually.passes("it is in the catalog", () -> assertThat(healthy(name, false)).hasSize(1)
                .allSatisfy(found -> assertThat(found.taggedAddresses()).containsEntry("lan", lan)));
        client().deregister(name);
    }

    @Test
    void registering_an_id_again_replaces_it() {
        String name = service("again");
        client().register(registration(name, name, 1, List.of("old"), List.of()));
        client().register(registration(name, name, 2, List.of("new"), List.of()));
        Eventually.passes("the second registration holds", () -> assertThat(healthy(name, false))
                .singleElement()
                .matches(instance -> instance.port() == 2 && instance.tags().equals(List.of("new"))));
        client().deregister(name);
    }

    @Test
    void deregistering_what_is_not_there_is_no_error() {
        client().deregister(service("never-was"));
    }

    @Test
    void tags_filter_without_letter_case_and_all_must_match() {
        String name = service("tagged");
        client().register(registration(name, name + "-1", 1, List.of("Blue", "v1"), List.of()));
        client().register(registration(name, name + "-2", 2, List.of("blue"), List.of()));
        Eventually.passes("tags select", () -> {
            assertThat(client().read(new Query.CatalogService(name, List.of("BLUE"), "", LOCAL)).value()).hasSize(2);
            assertThat(client().read(new Query.HealthService(name, List.of("blue", "v1"), false, "", LOCAL)).value())
                    .extracting(ServiceInstance::id).containsExactly(name + "-1");
            assertThat(client().read(new Query.HealthService(name, List.of("red"), false, "", LOCAL)).value()).isEmpty();
        });
        client().deregister(name + "-1");
        client().deregister(name + "-2");
    }

    @Test
    void an_unknown_service_has_no_instances() {
        assertThat(healthy(service("unknown & odd/name?"), false)).isEmpty();
    }

    @Test
    void a_ttl_check_decides_whether_an_instance_is_passing() {
        String name = service("ttl");
        String check = "check-" + name;
        client().register(registration(name, name, 1, List.of(), List.of(ttl(check, HealthCheck.Status.CRITICAL))));
        Eventually.passes("the instance is critical", () -> {
            assertThat(healthy(name, true)).isEmpty();
            assertThat(healthy(name, false)).singleElement()
                    .extracting(ServiceInstance::status).isEqualTo(HealthCheck.Status.CRITICAL);
        });
        assertThat(client().read(new Query.ChecksInState("critical", LOCAL)).value())
                .anyMatch(c -> c.checkId().equals(check) && c.serviceId().equals(name) && c.serviceName().equals(name));

        client().updateCheck(check, HealthCheck.Status.PASSING, "all good & <well>");
        Eventually.passes("the instance passes", () -> assertThat(healthy(name, true)).singleElement());
        Eventually.passes("the output is shown", () -> assertThat(client().read(new Query.ChecksInState("any", LOCAL)).value())
                .anyMatch(c -> c.checkId().equals(check) && c.output().equals("all good & <well>")
                        && c.status() == HealthCheck.Status.PASSING));

        client().updateCheck(check, HealthCheck.Status.WARNING, "so so");
        Eventually.passes("the instance warns", () -> {
            assertThat(healthy(name, true)).isEmpty();
            assertThat(healthy(name, false)).singleElement()
                    .extracting(ServiceInstance::status).isEqualTo(HealthCheck.Status.WARNING);
        });
        client().deregister(name);
    }

    @Test
    void reporting_an_unknown_check_is_refused() {
        assertThatThrownBy(() -> client().updateCheck(service("no-check"), HealthCheck.Status.PASSING, ""))
                .isInstanceOf(RegistryException.class);
    }

    @Test
    void a_node_shows_its_services_and_an_unknown_one_is_empty() {
        String name = service("on-node");
        String node = client().self().nodeName();
        client().register(registration(name, name, 9, List.of(), List.of()));
        Eventually.passes("the node has the service", () -> {
            NodeWithServices found = client().read(new Query.NodeServices(node, LOCAL)).value().orElseThrow();
            assertThat(found.node().name()).isEqualTo(node);
            assertThat(found.services()).anyMatch(instance -> instance.id().equals(name) && instance.port() == 9);
        });
        client().deregister(name);
        assertThat(client().read(new Query.Nodes("", LOCAL)).value())
                .anyMatch(found -> found.name().equals(node) && !found.address().isEmpty());
        assertThat(client().read(new Query.NodeServices("no-node-" + unique, LOCAL)).value()).isEmpty();
    }

    @Test
    void the_own_datacenter_is_known_and_an_unknown_one_is_refused() {
        String own = client().self().datacenter();
        assertThat(client().read(new Query.Datacenters()).value()).contains(own);
        Query.Scope named = new Query.Scope(own, Query.Consistency.STALE);
        client().put(key("dc"), bytes("x"));
        Eventually.passes("a stale read of the own datacenter", () ->
                assertThat(client().read(new Query.Key(key("dc"), named)).value()).isPresent());
        Query.Scope nowhere = new Query.Scope("nowhere-" + unique, Query.Consistency.DEFAULT);
        assertThatThrownBy(() -> client().read(new Query.Services(nowhere))).isInstanceOf(RegistryException.class);
    }

    // Watches.

    /** Plan: watch an absent key, create it, set the same value, change it, delete it; each state is seen once, in order. */
    @Test
    void a_watch_sees_each_change_once_and_nothing_else() {
        Seen<Optional<KeyValue>> seen = watch(new Query.Key(key("w"), LOCAL));
        View<Optional<KeyValue>> first = seen.await("the first answer", view -> true);
        assertThat(first.value()).contains(Optional.empty());
        assertThat(first.failure()).isEmpty();
        assertThat(first.index()).isPositive();

        client().put(key("w"), bytes("1"));
        seen.await("the key", view -> text(view).equals("1"));
        client().put(key("w"), bytes("1"));
        client().put(key("elsewhere"), bytes("1"));
        client().put(key("w"), bytes("2"));
        seen.await("the change", view -> text(view).equals("2"));
        client().delete(key("w"), false);
        Eventually.passes("the deletion", () -> assertThat(seen.all().stream().map(RegistryClientContract::text).toList())
                .containsExactly("absent", "1", "2", "absent"));
    }

    private static String text(View<Optional<KeyValue>> view) {
        return view.value().orElseThrow().map(KeyValue::text).orElse("absent");
    }

    @Test
    void a_watch_on_a_prefix_sees_what_happens_below() {
        Seen<List<KeyValue>> seen = watch(new Query.Entries(key("p/"), LOCAL));
        seen.await("the first answer", view -> view.value().orElseThrow().isEmpty());
        client().put(key("p/1"), bytes("x"));
        seen.await("one entry", view -> view.value().orElseThrow().size() == 1);
        client().delete(key("p/"), true);
        seen.await("none again", view -> view.index() > 0 && seen.all().size() >= 3 && view.value().orElseThrow().isEmpty());
    }

    @Test
    void a_watch_on_a_service_follows_registration_health_and_removal() {
        String name = service("followed");
        String check = "check-" + name;
        Seen<List<ServiceInstance>> seen = watch(new Query.HealthService(name, List.of(), true, "", LOCAL));
        seen.await("nothing yet", view -> view.value().orElseThrow().isEmpty());
        client().register(registration(name, name, 1, List.of(), List.of(ttl(check, HealthCheck.Status.PASSING))));
        seen.await("one instance", view -> view.value().orElseThrow().size() == 1);
        client().updateCheck(check, HealthCheck.Status.CRITICAL, "down");
        Eventually.holds("out again", () -> seen.all().getLast().value().orElseThrow().isEmpty());
        client().updateCheck(check, HealthCheck.Status.PASSING, "up");
        Eventually.holds("in again", () -> seen.all().getLast().value().orElseThrow().size() == 1);
        client().deregister(name);
        Eventually.holds("gone", () -> seen.all().getLast().value().orElseThrow().isEmpty());
    }

    @Test
    void a_watch_on_services_sees_names_come_and_go() {
        String name = service("listed");
        Seen<List<ServiceSummary>> seen = watch(new Query.Services(LOCAL));
        seen.await("the first answer", view -> true);
        client().register(registration(name, name, 1, List.of("t"), List.of()));
        seen.await("the name", view -> view.value().orElseThrow().contains(new ServiceSummary(name, List.of("t"))));
        client().deregister(name);
        Eventually.holds("gone", () -> seen.all().getLast().value().orElseThrow().stream().noneMatch(s -> s.name().equals(name)));
    }

    /** An instance that only gets another port leaves the list of services as it is; the list with its index says that something moved. */
    @Test
    void a_stamped_list_is_news_when_only_its_index_moves() {
        String name = service("stamped");
        client().register(registration(name, name, 1, List.of(), List.of()));
        Query<List<ServiceSummary>> services = new Query.Services(LOCAL);
        Eventually.holds("registered", () -> client().read(services).value().stream().anyMatch(s -> s.name().equals(name)));
        Seen<Indexed<List<ServiceSummary>>> seen = watch(new Query.Stamped<>(services));
        View<Indexed<List<ServiceSummary>>> first = seen.await("the first answer", view -> true);
        client().register(registration(name, name, 2, List.of(), List.of()));
        Indexed<List<ServiceSummary>> next = seen.await("a moved index", view -> view.index() > first.index()).value().orElseThrow();
        assertThat(next.value()).isEqualTo(first.value().orElseThrow().value());
        assertThat(client().read(new Query.Stamped<>(services)).value().index()).isGreaterThanOrEqualTo(next.index());
    }

    @Test
    void equal_watches_share_one_and_a_later_one_gets_the_present_value_at_once() {
        Query<Optional<KeyValue>> query = new Query.Key(key("shared"), LOCAL);
        client().put(key("shared"), bytes("1"));
        Seen<Optional<KeyValue>> one = watch(query);
        one.await("the value", view -> text(view).equals("1"));
        Seen<Optional<KeyValue>> two = watch(new Query.Key(key("shared"), LOCAL));
        two.await("the value", view -> text(view).equals("1"));
        assertThat(client().watches()).filteredOn(status -> status.query().equals(query)).singleElement()
                .matches(status -> status.index() > 0 && status.failure().isEmpty());
        client().put(key("shared"), bytes("2"));
        one.await("the change", view -> text(view).equals("2"));
        two.await("the change", view -> text(view).equals("2"));
        open.forEach(RegistryClient.Watch::close);
        assertThat(client().watches()).noneMatch(status -> status.query().equals(query));
    }

    @Test
    void a_listener_that_throws_goes_on_being_called() {
        CompletableFuture<View<Optional<KeyValue>>> second = new CompletableFuture<>();
        open.add(client().watch(new Query.Key(key("throw"), LOCAL), view -> {
            if (view.value().orElseThrow().isEmpty()) {
                throw new IllegalStateException("thrown by the test");
            }
            second.complete(view);
        }));
        client().put(key("throw"), bytes("x"));
        assertThat(second.orTimeout(60, TimeUnit.SECONDS).join().value().orElseThrow()).isPresent();
    }

    /** Plan: two watches on one key; close one; change the key; when the other has seen the change, the first has not. */
    @Test
    void a_closed_watch_is_not_called_any_more() {
        Seen<Optional<KeyValue>> closed = new Seen<>();
        RegistryClient.Watch watch = client().watch(new Query.Key(key("closed"), LOCAL), closed);
        Seen<Optional<KeyValue>> other = watch(new Query.Key(key("closed"), LOCAL));
        closed.await("the first answer", view -> true);
        other.await("the first answer", view -> true);
        watch.close();
        watch.close();
        client().put(key("closed"), bytes("x"));
        other.await("the change", view -> text(view).equals("x"));
        assertThat(closed.all()).hasSize(1);
    }

    @Test
    void a_listener_may_close_its_own_watch() throws Exception {
        AtomicReference<RegistryClient.Watch> watch = new AtomicReference<>();
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Query<Optional<KeyValue>> query = new Query.Key(key("self-close"), LOCAL);
        watch.set(client().watch(query, view -> {
            if (view.value().orElseThrow().isPresent()) {
                try {
                    assertThat(ready.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                watch.get().close();
                ended.countDown();
            }
        }));
        ready.countDown();
        client().put(key("self-close"), bytes("x"));
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        Eventually.holds("no watch is left", () -> client().watches().stream().noneMatch(s -> s.query().equals(query)));
    }

    /** Plan: what changes an answer moves its revision, if there is one; equal revisions come with equal answers. */
    @Test
    void a_revision_moves_with_the_answer() {
        Query<List<ServiceInstance>> service = new Query.HealthService("revised", List.of(), false, "", LOCAL);
        Query<Optional<KeyValue>> key = new Query.Key("revised", LOCAL);
        client().register(registration("revised", "revised-1", 1, List.of("a"), List.of(ttl("revised-ttl", HealthCheck.Status.PASSING))));
        client().put("revised", bytes("1"));
        Eventually.passes("the check is known", () -> assertThat(healthy("revised", true)).hasSize(1));
        OptionalLong serviceBefore = client().revision(service);
        OptionalLong keyBefore = client().revision(key);
        client().updateCheck("revised-ttl", HealthCheck.Status.WARNING, "so so");
        client().put("revised", bytes("2"));
        Eventually.passes("the check has changed", () -> assertThat(healthy("revised", true)).isEmpty());
        if (serviceBefore.isPresent()) {
            assertThat(client().revision(service)).isPresent().isNotEqualTo(serviceBefore);
        }
        if (keyBefore.isPresent()) {
            assertThat(client().revision(key)).isPresent().isNotEqualTo(keyBefore);
        }
        assertThat(client().revision(new Query.Key("revised", new Query.Scope("nowhere", Query.Consistency.DEFAULT)))).isNotNull();
    }

    @Test
    void a_watch_that_is_refused_says_why_and_has_no_value() {
        Query.Scope nowhere = new Query.Scope("nowhere-" + unique, Query.Consistency.DEFAULT);
        Seen<List<ServiceSummary>> seen = watch(new Query.Services(nowhere));
        View<List<ServiceSummary>> view = seen.await("the refusal", v -> v.failure().isPresent());
        assertThat(view.value()).isEmpty();
        assertThat(view.index()).isZero();
        assertThat(view.failure().orElseThrow()).isNotEmpty();
    }
}
