package muster.registry.remote;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;
import muster.registry.acl.TokenRights;
import muster.wire.Json;

/** Asks servers, one after the other until one answers, what a token says. Any thread may call; nothing blocks. */
public final class RemoteRights implements Function<String, CompletionStage<Optional<TokenRights>>> {
    /** A request waits for this. */
    private static final long ANSWER_SECONDS = 5;

    private final Membership members;

    public RemoteRights(Membership members) {
        this.members = members;
    }

    /** Fails where no server answers. */
    @Override
    public CompletionStage<Optional<TokenRights>> apply(String secret) {
        CompletableFuture<byte[]> answer = ask(members.servers(), 0, Json.write(new AgentQuestions.Secret(secret)));
        return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .thenApply(bytes -> Json.read(AgentQuestions.Said.class, bytes, Json.Unknown.IGNORE).rights());
    }

    private CompletableFuture<byte[]> ask(List<AgentMember> servers, int next, byte[] question) {
        if (next == servers.size()) {
            return CompletableFuture.failedFuture(new AskException(AskException.Reason.NOT_SENT, "No known Consul servers"));
        }
        return members.ask(servers.get(next).name(), AgentQuestions.RIGHTS, question)
                .exceptionallyCompose(failure -> ask(servers, next + 1, question));
    }
}
