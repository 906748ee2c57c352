package muster.registry.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import muster.checks.CheckDefinition;
import muster.checks.CheckState;
import muster.registry.client.HealthCheck.Status;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Definitions registered through the API, and the states of TTL checks and marks of maintenance, in {@code services/}, {@code checks/}, {@code checks/state/}
 * and {@code checks/maintenance/} below the data directory; nothing at all without one. A file is replaced as a whole and readable by
 * its owner only, since a definition may hold a token. Any thread may call.
 */
final class DefinitionStore {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionStore.class);
    private static final int MAX_FILES = 100_000;
    private static final String STATES = "checks/state";
    private static final String MAINTENANCE = "checks/maintenance";

    private final Optional<Path> dataDir;

    DefinitionStore(Optional<Path> dataDir) {
        this.dataDir = dataDir;
    }

    void save(Bodies.ServiceBody body, Registration registration) {
        write("services", registration.service().id(), withToken(body, registration.token()));
    }

    void save(Bodies.CheckBody body, LocalCheck check, String token) {
        write("checks", check.id(), withToken(body, token));
    }

    @SuppressWarnings("unchecked") // a record is an object
    private static Map<String, Object> withToken(Record body, String token) {
        Map<String, Object> tree = (Map<String, Object>) Json.parse(Json.write(body));
        tree.put("Token", token);
        return tree;
    }

    /** Keeps the state of a TTL check for as long as it is good. */
    void saveState(LocalCheck check) {
        check.state().expiresAt().ifPresent(expires -> write(STATES, check.id(), Map.of(
                "CheckID", check.id(),
                "Status", check.state().status().toString(),
                "Output", check.state().output(),
                "Expires", expires.getEpochSecond())));
    }

    /** Keeps that a service, or with {@code ""} the node, is in maintenance; the first reason stays. */
    void saveMaintenance(String serviceId, String reason) {
        String id = LocalState.maintenanceId(serviceId);
        if (file(MAINTENANCE, id).filter(Files::notExists).isPresent()) {
            write(MAINTENANCE, id, Map.of("ServiceID", serviceId, "Reason", reason));
        }
    }

    /** Removes what a change of the state took away. */
    void forget(LocalState before, LocalState after) {
        if (dataDir.isEmpty()) {
            return;
        }
        before.services().keySet().stream().filter(id -> !after.services().containsKey(id))
                .forEach(id -> remove("services", id));
        before.checks().keySet().stream().filter(id -> !after.checks().containsKey(id)).forEach(id -> {
            remove("checks", id);
            remove(STATES, id);
            remove(MAINTENANCE, id);
        });
    }

    /** Removes definitions that configuration has taken over; states of their checks stay. */
    void forgetDefinitions(Set<String> services, Set<String> checks) {
        services.forEach(id -> remove("services", id));
        checks.forEach(id -> remove("checks", id));
    }

    /** Reads all that is kept. A file that can't be read is reported and left where it is. */
    void load(Definitions definitions, Instant now, Consumer<Registration> services, BiConsumer<LocalCheck, String> checks,
            BiConsumer<String, String> maintenance) {
        files("services").forEach(file -> attempt(file, json -> {
            Registration registration = definitions.service(Bodies.fromTree(Bodies.ServiceBody.class, Json.parse(json)), now);
            List<LocalCheck> own = registration.checks().stream().map(check -> resumed(check, now)).toList();
            services.accept(new Registration(registration.service(), own, registration.token()));
        }));
        files("checks").forEach(file -> attempt(file, json -> {
            Bodies.CheckBody body = Bodies.fromTree(Bodies.CheckBody.class, Json.parse(json));
            checks.accept(resumed(definitions.check(body, now), now), body.token() == null ? "" : body.token());
        }));
        files(MAINTENANCE).forEach(file -> attempt(file, json -> {
            Map<?, ?> kept = (Map<?, ?>) Json.parse(json);
            maintenance.accept((String) kept.get("ServiceID"), (String) kept.get("Reason"));
        }));
    }

    /** A TTL check whose last report is still good goes on from it. */
    private LocalCheck resumed(LocalCheck check, Instant now) {
        Path file = file(STATES, check.id()).orElse(null);
        if (!(check.definition() instanceof CheckDefinition.Ttl) || file == null || !Files.exists(file)) {
            return check;
        }
        LocalCheck[] result = {check};
        attempt(file, json -> {
            Map<?, ?> kept = (Map<?, ?>) Json.parse(json);
            Instant expires = Instant.ofEpochSecond((Long) kept.get("Expires"));
            Optional<Status> status = Definitions.statusOf((String) kept.get("Status"));
            if (status.isPresent() && now.isBefore(expires)) {
                CheckState state = CheckState.initial(check.definition(), status.get(), (String) kept.get("Output"), now);
                result[0] = check.with(state, Optional.empty());
            }
        });
        return result[0];
    }

    private void attempt(Path file, Consumer<byte[]> use) {
        try {
            use.accept(Files.readAllBytes(file));
        } catch (IOException | JsonException | RefusedException | ClassCastException | NullPointerException e) {
            LOG.error("definition not loaded file={} reason={}", file, e.getMessage());
        }
    }

    private Stream<Path> files(String folder) {
        Path path = dataDir.map(dir -> dir.resolve(folder)).orElse(null);
        if (path == null || !Files.isDirectory(path)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".tmp"))
                    .limit(MAX_FILES).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Path> file(String folder, String id) {
        return dataDir.map(dir -> dir.resolve(folder).resolve(digest(id)));
    }

    /** Ids hold what file names must not. */
    private static String digest(String id) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void write(String folder, String id, Object content) {
        Path file = file(folder, id).orElse(null);
        if (file == null) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            Path draft = Files.createTempFile(file.getParent(), "new", ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(draft, Json.write(content));
            move(draft, file);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to persist " + folder + " " + id + ": " + e.getMessage(), e);
        }
    }

    private static void move(Path draft, Path file) throws IOException {
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private synchronized void remove(String folder, String id) {
        Path file = file(folder, id).orElse(null);
        if (file == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to remove " + folder + " " + id + ": " + e.getMessage(), e);
        }
    }
}
