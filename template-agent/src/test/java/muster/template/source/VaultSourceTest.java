package muster.template.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import muster.template.dependency.ApiDependency;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultSourceTest {
    private static final Retry QUICK = new Retry(Duration.ofMillis(5), Duration.ofMillis(20));
    private static final Map<String, Object> PLAIN = Map.of("lease_duration", 3600L, "data", Map.of("password", "s3cret"));

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Source.Receiver receiver = new Source.Receiver() {
        @Override
        public void answered(Optional<Object> json) {
            heard.add(((Map<?, ?>) json.orElseThrow()).get("data").toString());
        }

        @Override
        public void failed(String message) {
            heard.add("failed " + message);
        }
    };
    private FakeVault vault;

    @BeforeEach
    void start() throws IOException {
        vault = new FakeVault();
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private VaultSettings settings(String token) {
        VaultSettings usual = VaultSettings.of(vault.address(), token);
        return new VaultSettings(usual.address(), usual.tls(), "team", token, Optional.empty(), false, false, usual.defaultLease(), 0.9, "",
                Optional.empty(), QUICK);
    }

    private VaultSource source(VaultSettings settings) {
        return new VaultSource(settings, InstantSource.system(), new SplittableRandom(1));
    }

    private String next() throws InterruptedException {
        String next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("an answer within 10 s").isNotNull();
        return next;
    }

    @Test
    void reads_a_secret_with_token_and_namespace() throws Exception {
        vault.answers("GET secret/db", PLAIN);
        try (VaultSource source = source(settings("t1"))) {
            source.follow(new ApiDependency.VaultRead("secret/db"), receiver);
            assertThat(next()).isEqualTo("{password=s3cret}");
            assertThat(vault.asked().getLast()).isEqualTo(new FakeVault.Asked("GET", "secret/db", "t1", "team", ""));
        }
    }

    @Test
    void finds_the_data_of_a_store_with_versions_and_lists_its_names() throws Exception {
        vault.answers("GET sys/internal/ui/mounts/kv/app", Map.of("data", Map.of("path", "kv/", "options", Map.of("version", "2"))))
                .answers("GET sys/internal/ui/mounts/kv/", Map.of("data", Map.of("path", "kv/", "options", Map.of("version", "2"))))
                .answers("GET sys/internal/ui/mounts/kv", Map.of("data", Map.of("path", "kv/", "options", Map.of("version", "2"))))
                .answers("GET kv/data/app?version=2", Map.of("data", Map.of("data", Map.of("k", "v"))))
                .answers("GET kv/metadata?list=true", Map.of("data", Map.of("keys", java.util.List.of("app"))));
        vault.answers("GET sys/internal/ui/mounts/kv/app?version=2", "404 {}");
        try (VaultSource source = source(settings("t1"))) {
            source.follow(new ApiDependency.VaultRead("kv/app?version=2"), receiver);
            assertThat(next()).isEqualTo("{data={k=v}}");
            source.follow(new ApiDependency.VaultList("kv"), receiver);
            assertThat(next()).isEqualTo("{keys=[app]}");
        }
    }

    @Test
    void asks_again_for_a_secret_that_does_not_exist_until_it_does() throws Exception {
        try (VaultSource source = source(settings("t1"))) {
            source.follow(new ApiDependency.VaultRead("secret/later"), receiver);
            assertThat(next()).isEqualTo("failed vault.read(secret/later): no secret exists at secret/later");
            vault.answers("GET secret/later", PLAIN);
            String answer = next();
            while (answer.startsWith("failed")) {
                answer = next();
            }
            assertThat(answer).isEqualTo("{password=s3cret}");
        }
    }

    @Test
    void renews_a_lease_and_reads_again_when_it_is_refused() throws Exception {
        // A lease of one second is renewed after at most a third of it; the refusal leads to another reading.
        vault.answers("GET database/creds/app", Map.of("lease_id", "database/creds/app/1", "lease_duration", 1L, "renewable", true,
                        "data", Map.of("user", "u1")))
                .answers("PUT sys/leases/renew", "400 {\"errors\":[\"lease expired\"]}");
        try (VaultSource source = source(settings("t1"))) {
            source.follow(new ApiDependency.VaultRead("database/creds/app"), receiver);
            assertThat(next()).isEqualTo("{user=u1}");
            vault.answers("GET database/creds/app", Map.of("lease_id", "database/creds/app/2", "lease_duration", 3600L, "renewable", true,
                    "data", Map.of("user", "u2")));
            assertThat(next()).isEqualTo("{user=u2}");
            assertThat(vault.asked()).filteredOn(each -> each.path().equals("sys/leases/renew")).singleElement()
                    .satisfies(each -> assertThat(each.body()).contains("database/creds/app/1"));
        }
    }

    @Test
    void takes_a_wrapped_token_out_once_and_keeps_it_alive() throws Exception {
        vault.answers("PUT sys/wrapping/unwrap", Map.of("auth", Map.of("client_token", "inner")))
                .answers("PUT auth/token/renew-self", Map.of("auth", Map.of("client_token", "inner", "renewable", true, "lease_duration", 3600L)))
                .answers("GET secret/db", PLAIN);
        VaultSettings plain = settings("wrapping");
        VaultSettings wrapped = new VaultSettings(plain.address(), plain.tls(), "", "wrapping", Optional.empty(), true, true,
                plain.defaultLease(), 0.9, "", Optional.empty(), QUICK);
        try (VaultSource source = source(wrapped)) {
            source.follow(new ApiDependency.VaultRead("secret/db"), receiver);
            next();
            assertThat(vault.asked()).filteredOn(each -> each.path().equals("secret/db"))
                    .allSatisfy(each -> assertThat(each.token()).isEqualTo("inner"));
            assertThat(vault.paths()).filteredOn("PUT sys/wrapping/unwrap"::equals).hasSize(1);
        }
    }

    @Test
    void reads_the_token_from_a_file_that_somebody_else_keeps(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "from-file\n");
        vault.answers("GET secret/db", PLAIN);
        VaultSettings plain = settings("");
        VaultSettings withFile = new VaultSettings(plain.address(), plain.tls(), "", "", Optional.of(file), false, false,
                plain.defaultLease(), 0.9, "", Optional.empty(), QUICK);
        try (VaultSource source = source(withFile)) {
            source.follow(new ApiDependency.VaultRead("secret/db"), receiver);
            next();
            assertThat(vault.asked().getLast().token()).isEqualTo("from-file");
        }
    }

    @Test
    void writes_and_gives_the_answer() throws Exception {
        vault.answers("PUT transit/encrypt/app", Map.of("data", Map.of("ciphertext", "vault:v1:x")));
        try (VaultSource source = source(settings("t1"))) {
            source.follow(new ApiDependency.VaultWrite("transit/encrypt/app", Map.of("plaintext", "aGk=")), receiver);
            assertThat(next()).isEqualTo("{ciphertext=vault:v1:x}");
            assertThat(vault.asked().getLast().body()).isEqualTo("{\"plaintext\":\"aGk=\"}");
        }
    }

    @Test
    void a_variable_of_nomad_is_read_with_its_region_and_an_absent_one_is_an_answer() throws Exception {
        vault.index("7");
        BlockingSource.Settings settings = new BlockingSource.Settings("Nomad", vault.address(), Optional.empty(), Map.of(),
                Duration.ofSeconds(1), Map.of("namespace", "prod"), QUICK);
        BlockingQueue<Optional<Object>> answers = new LinkedBlockingQueue<>();
        try (BlockingSource nomad = new BlockingSource(settings, new SplittableRandom(1))) {
            nomad.follow(muster.template.dependency.ApiExpression.nomadVariable("app/x", "get"), new Source.Receiver() {
                @Override
                public void answered(Optional<Object> json) {
                    answers.add(json);
                }

                @Override
                public void failed(String message) {
                    heard.add(message);
                }
            });
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(vault.paths().getFirst()).isEqualTo("GET var/app/x?namespace=prod");
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(vault.paths().get(1)).isEqualTo("GET var/app/x?index=7&namespace=prod&wait=1000ms");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void what_can_not_be_renewed_rests_for_most_of_its_life_and_what_can_for_at_most_a_third() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            assertThat(new Lease("", false, Duration.ofHours(1)).rest(0.9, random)).isBetween(Duration.ofMinutes(51), Duration.ofMinutes(57));
            assertThat(new Lease("a", true, Duration.ofHours(1)).rest(0.9, random)).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(20));
        }
    }
}
