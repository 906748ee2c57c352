package muster.agent;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.scheduler.artifact.ArtifactRules;
import muster.wire.GoDuration;

/** The {@code artifact} block of the scheduler's client: how much artifacts may take. (Nomad docs: "client", "artifact parameters") */
final class ArtifactBlock {
    private static final Set<String> READ = Set.of("http_read_timeout", "http_max_size", "git_timeout", "s3_timeout",
            "decompression_limit_size", "decompression_limit_file_count", "set_environment_variables");
    /** About a getter that is not there, one that keeps to s3's time, and walls around a getter's process: there is none but git's. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("gcs_timeout", "hg_timeout", "disable_filesystem_isolation",
            "disable_artifact_inspection", "filesystem_isolation_extra_paths");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([kmgtp]?)(i?b?)");
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final Settings settings;
    private final Map<String, Object> block;

    ArtifactBlock(Settings settings) {
        this.settings = settings;
        this.block = settings.map("client_artifact");
    }

    ArtifactRules rules() {
        ArtifactRules usual = ArtifactRules.USUAL;
        block.keySet().stream().filter(key -> !READ.contains(key) && !WITHOUT_EFFECT.contains(key)).sorted()
                .forEach(key -> settings.problem("invalid config key client.artifact." + key));
        long files = block.containsKey("decompression_limit_file_count") ? count() : usual.unpackedFiles();
        return new ArtifactRules(duration("http_read_timeout", usual.http()), size("http_max_size", usual.mostBytes()),
                duration("git_timeout", usual.git()), duration("s3_timeout", usual.store()), size("decompression_limit_size", usual.unpackedBytes()),
                (int) Math.min(Integer.MAX_VALUE, files), names());
    }

    private Duration duration(String key, Duration otherwise) {
        if (!block.containsKey(key)) {
            return otherwise;
        }
        Optional<Duration> read = GoDuration.tryParse(String.valueOf(block.get(key))).filter(Duration::isPositive);
        if (read.isEmpty()) {
            settings.problem("client.artifact." + key + " \"" + block.get(key) + "\" has to be a positive duration, such as \"30m\"");
        }
        return read.orElse(otherwise);
    }

    /** 0 stands for no limit, as in the original. */
    private long size(String key, long otherwise) {
        if (!block.containsKey(key)) {
            return otherwise;
        }
        Optional<Long> read = bytes(String.valueOf(block.get(key)));
        if (read.isEmpty()) {
            settings.problem("client.artifact." + key + " \"" + block.get(key) + "\" has to be a size, such as \"100GB\"");
        }
        return read.map(bytes -> bytes == 0 ? UNLIMITED : bytes).orElse(otherwise);
    }

    /** A size: a number of bytes, or one with a unit, of 1000 ({@code GB}) or of 1024 ({@code GiB}); empty where it is none. */
    static Optional<Long> bytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches() || matcher.group(2).isEmpty() && matcher.group(3).startsWith("i")) {
            return Optional.empty();
        }
        int power = " kmgtp".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
        BigDecimal unit = BigDecimal.valueOf(matcher.group(3).startsWith("i") ? 1024 : 1000).pow(power);
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(unit);
        return Optional.of(bytes.min(BigDecimal.valueOf(UNLIMITED)).longValue());
    }

    private long count() {
        String text = String.valueOf(block.get("decompression_limit_file_count"));
        if (!text.matches("\\d{1,9}")) {
            settings.problem("client.artifact.decompression_limit_file_count \"" + text + "\" has to be a number of files, 0 for no limit");
            return ArtifactRules.USUAL.unpackedFiles();
        }
        long count = Long.parseLong(text);
        return count == 0 ? UNLIMITED : count;
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        Arrays.stream(String.valueOf(block.getOrDefault("set_environment_variables", "")).split(","))
                .map(String::strip).filter(name -> !name.isEmpty()).forEach(names::add);
        return names;
    }
}
