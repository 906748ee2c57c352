package muster.scheduler.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.http.Call;
import muster.raft.members.AgentMember;
import muster.raft.members.Membership;
import muster.scheduler.acl.Access;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.acl.Resource;
import muster.wire.Json;

/**
 * What a caller may do at an agent without a state, which asks a server: it has no tokens itself. Any thread may call; {@link #require}
 * blocks.
 */
public final class AskedRights {
    private static final String KIND = "scheduler.may";
    private static final long ANSWER_SECONDS = 5;

    record Question(String secret, Resource resource, Access access) {}

    /** Both empty where the caller may. */
    record Answer(String refusal, String reason) {}

    private final Membership members;

    public AskedRights(Membership members) {
        this.members = members;
    }

    /** Has a server answer from now on. */
    public static void answerOn(Membership members, AccessControl access) {
        members.answer(KIND, (from, body, gone) -> CompletableFuture.completedFuture(Json.write(
                answer(access, Json.read(Question.class, body, Json.Unknown.IGNORE)))));
    }

    private static Answer answer(AccessControl access, Question question) {
        try {
            access.caller(question.secret()).require(new Permission.Whole(question.resource(), question.access()));
            return new Answer("", "");
        } catch (DeniedException e) {
            return new Answer(e.getMessage(), e.reason());
        }
    }

    /** Throws {@link DeniedException} where the caller may not, or where no server can say so. */
    public void require(Call call, Permission.Whole permission) {
        byte[] question = Json.write(new Question(Answers.secret(call), permission.resource(), permission.access()));
        String trouble = "no server is known";
        for (AgentMember server : members.servers()) {
            try {
                Answer answer = Json.read(Answer.class, members.ask(server.name(), KIND, question).get(ANSWER_SECONDS, TimeUnit.SECONDS),
                        Json.Unknown.IGNORE);
                if (!answer.refusal().isEmpty()) {
                    throw DeniedException.told(answer.refusal(), answer.reason());
                }
                return;
            } catch (ExecutionException e) {
                trouble = server.name() + ": " + e.getCause().getMessage();
            } catch (TimeoutException e) {
                trouble = server.name() + " did not answer within " + ANSWER_SECONDS + " s";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                trouble = "this agent is being stopped";
                break;
            }
        }
        throw DeniedException.told("Permission denied", "no server told what the token may do: " + trouble);
    }
}
