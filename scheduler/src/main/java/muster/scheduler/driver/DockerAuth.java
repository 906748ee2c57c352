package muster.scheduler.driver;

import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who we are to a registry of images: as the task says, else as the operator's file or helper program does.
 *
 * @param path folders in which helper programs are looked for
 */
record DockerAuth(Config plugin, String path) {
    private static final String HUB = "https://index.docker.io/v1/";
    private static final Logger LOG = LoggerFactory.getLogger(DockerAuth.class);
    private static final int HELPER_SECONDS = 30;
    private static final int MOST_SAID = 64 << 10;

    /** What to log in with for an image; empty for nothing. */
    Optional<AuthConfig> of(String image, Config task) throws DriverException {
        Config own = task.block("auth");
        if (own.has("username") || own.has("password")) {
            return Optional.of(new AuthConfig().withUsername(own.text("username")).withPassword(own.text("password")).withEmail(own.text("email"))
                    .withRegistryAddress(own.text("server_address", registry(image))));
        }
        Config auth = plugin.block("auth");
        if (auth.has("config")) {
            Optional<AuthConfig> found = fromFile(Path.of(auth.text("config")), registry(image));
            if (found.isPresent()) {
                return found;
            }
        }
        return auth.has("helper") ? fromHelper(auth.text("helper"), registry(image)) : Optional.empty();
    }

    /** The registry that an image's name names, as these files write it. */
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : HUB;
    }

    private Optional<AuthConfig> fromFile(Path file, String registry) throws DriverException {
        try {
            Map<?, ?> top = (Map<?, ?>) Json.parse(Files.readAllBytes(file));
            if (top.get("credHelpers") instanceof Map<?, ?> helpers && helpers.get(registry) instanceof String helper) {
                return fromHelper(helper, registry);
            }
            if (top.get("auths") instanceof Map<?, ?> auths && auths.get(registry) instanceof Map<?, ?> entry && entry.get("auth") instanceof String coded) {
                String[] parts = new String(Base64.getDecoder().decode(coded), StandardCharsets.UTF_8).split(":", 2);
                return parts.length < 2 ? Optional.empty()
                        : Optional.of(new AuthConfig().withUsername(parts[0]).withPassword(parts[1]).withRegistryAddress(registry));
            }
            return top.get("credsStore") instanceof String store ? fromHelper(store, registry) : Optional.empty();
        } catch (IOException | JsonException | IllegalArgumentException | ClassCastException e) {
            throw new DriverException("can't read the registries' passwords in " + file + ": " + e.getClass().getSimpleName(), false);
        }
    }

    /** A helper that has nothing, or takes too long, means no password; one that can't be run or talks nonsense is an error. */
    private Optional<AuthConfig> fromHelper(String helper, String registry) throws DriverException {
        String program = "docker-credential-" + helper;
        Path found = Arrays.stream(path.split(":")).map(folder -> Path.of(folder.isEmpty() ? "." : folder).resolve(program))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new DriverException("there is no program " + program + " in PATH " + path + " (auth helper)", false));
        try {
            Process process = new ProcessBuilder(List.of(found.toString(), "get")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            CompletableFuture<byte[]> said = new CompletableFuture<>();
            Thread.ofPlatform().daemon().name(program).start(() -> {
                try {
                    said.complete(process.getInputStream().readNBytes(MOST_SAID));
                } catch (IOException e) {
                    said.completeExceptionally(e);
                }
            });
            try (OutputStream in = process.getOutputStream()) {
                in.write(registry.getBytes(StandardCharsets.UTF_8));
            } catch (IOException broken) {
                // It may answer without having read the question; its answer tells.
                LOG.debug("helper does not listen helper={} error={}", program, broken.toString());
            }
            try {
                if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    return Optional.empty();
                }
                Map<?, ?> answer = (Map<?, ?>) Json.parse(said.get(1, TimeUnit.SECONDS));
                return Optional.of(new AuthConfig().withUsername(String.valueOf(answer.get("Username")))
                        .withPassword(String.valueOf(answer.get("Secret"))).withRegistryAddress(registry));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException | JsonException | ClassCastException | ExecutionException | TimeoutException e) {
            throw new DriverException(program + " does not answer: " + e.getClass().getSimpleName(), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
