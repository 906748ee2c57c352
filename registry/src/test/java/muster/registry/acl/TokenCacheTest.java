package muster.registry.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import muster.registry.acl.TokenCache.Down;
import muster.testkit.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenCacheTest {
    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final Permission READ_A = Permission.of(Access.READ, Resource.KEY, "a");

    private final ManualClock clock = new ManualClock(Instant.parse("2024-01-01T00:00:00Z"));
    private final Queue<CompletableFuture<Optional<TokenRights>>> questions = new ArrayDeque<>();

    private TokenCache cache(Down down, boolean allowByDefault) {
        return new TokenCache(new TokenCache.Rules(LIFE, down), "dc1", allowByDefault, secret -> {
            CompletableFuture<Optional<TokenRights>> question = new CompletableFuture<>();
            questions.add(question);
            return question;
        }, clock);
    }

    private static Optional<TokenRights> rules(String text) {
        return Optional.of(new TokenRights("accessor", Optional.empty(), List.of(text), Optional.empty()));
    }

    private static boolean isDone(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isDone();
    }

    private void told(TokenCache cache, Optional<TokenRights> rights) {
        CompletionStage<Void> ready = cache.prepare("s");
        questions.remove().complete(rights);
        assertThat(isDone(ready)).isTrue();
    }

    private static void fail(CompletableFuture<Optional<TokenRights>> question) {
        question.completeExceptionally(new IllegalStateException("nobody answers"));
    }

    @Test
    void requestsForOneTokenShareAQuestionAndItsAnswerForAWhile() {
        TokenCache cache = cache(Down.EXTEND_CACHE, false);
        CompletionStage<Void> first = cache.prepare("s");
        CompletionStage<Void> second = cache.prepare("s");
        assertThat(questions).hasSize(1);
        assertThat(isDone(first) || isDone(second)).isFalse();
        questions.remove().complete(rules("key \"a\" { policy = \"read\" }"));
        assertThat(isDone(first) && isDone(second)).isTrue();
        assertThat(cache.caller("s").may(READ_A)).isTrue();

        clock.advance(LIFE.minusMillis(1));
        assertThat(isDone(cache.prepare("s"))).isTrue();
        assertThat(questions).isEmpty();
        clock.advance(Duration.ofMillis(1));
        CompletionStage<Void> later = cache.prepare("s");
        assertThat(isDone(later)).isFalse();
        questions.remove().complete(rules(""));
        assertThat(cache.caller("s").may(READ_A)).as("the policy was changed").isFalse();
    }

    @Test
    void secretsOfNoTokenAreRememberedToo() {
        TokenCache cache = cache(Down.EXTEND_CACHE, true);
        told(cache, Optional.empty());
        assertThatThrownBy(() -> cache.caller("s")).isInstanceOf(DeniedException.class).hasMessage("ACL not found");
        assertThat(isDone(cache.prepare("s"))).isTrue();
        assertThat(questions).isEmpty();
    }

    @Test
    void aTokenEndsWithItsOwnTimeAlsoWhereItIsKept() {
        TokenCache cache = cache(Down.EXTEND_CACHE, true);
        told(cache, Optional.of(new TokenRights("accessor", Optional.empty(), List.of(), Optional.of(clock.instant().plusSeconds(5)))));
        assertThat(cache.caller("s").accessor()).isEqualTo("accessor");
        clock.advance(Duration.ofSeconds(5));
        assertThatThrownBy(() -> cache.caller("s")).isInstanceOf(DeniedException.class);
    }

    @Test
    void aServerThatLooksAtNoRightsAllowsEverything() {
        TokenCache cache = cache(Down.EXTEND_CACHE, false);
        told(cache, Optional.of(TokenRights.ALL));
        assertThat(cache.caller("s").may(Permission.ACL_WRITE)).isTrue();
    }

    record Case(String name, Down down, boolean allowByDefault, boolean known, boolean mayA, boolean mayB) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("extend-cache goes on with what was known", Down.EXTEND_CACHE, false, true, true, false),
                new Case("async-cache does too", Down.ASYNC_CACHE, false, true, true, false),
                new Case("extend-cache takes the default policy for what it never saw", Down.EXTEND_CACHE, true, false, true, true),
                new Case("which may be to deny", Down.EXTEND_CACHE, false, false, false, false),
                new Case("allow allows what a known token may not", Down.ALLOW, false, true, true, true),
                new Case("deny denies what a known token may", Down.DENY, true, true, false, false));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutAServer(Case given) {
        TokenCache cache = cache(given.down(), given.allowByDefault());
        if (given.known()) {
            told(cache, rules("key \"a\" { policy = \"read\" } key \"b\" { policy = \"deny\" }"));
            clock.advance(LIFE);
        }
        CompletionStage<Void> ready = cache.prepare("s");
        assertThat(isDone(ready)).as("async-cache alone does not wait").isEqualTo(given.down() == Down.ASYNC_CACHE && given.known());
        fail(questions.remove());
        assertThat(isDone(ready)).isTrue();
        assertThat(cache.caller("s").may(READ_A)).isEqualTo(given.mayA());
        assertThat(cache.caller("s").may(Permission.of(Access.READ, Resource.KEY, "b"))).isEqualTo(given.mayB());
        assertThat(isDone(cache.prepare("s"))).as("the next request does not wait again").isTrue();
        clock.advance(Duration.ofSeconds(1));
        cache.prepare("s");
        assertThat(questions).as("but a later one asks").hasSize(1);
    }
}
