package muster.scheduler.driver;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;

/** A command in a container beside its task. Thread-safe. */
final class DockerSession implements ExecSession {
    private static final int BUFFER_BYTES = 64 << 10;

    private final DockerClient engine;
    private final String id;
    private final boolean terminal;
    private final PipedInputStream output = new PipedInputStream(BUFFER_BYTES);
    private final PipedInputStream errors = new PipedInputStream(BUFFER_BYTES);
    private final PipedInputStream typed = new PipedInputStream(BUFFER_BYTES);
    private final PipedOutputStream out;
    private final PipedOutputStream err;
    private final PipedOutputStream input;
    private final Copy copy = new Copy();

    private DockerSession(DockerClient engine, String id, boolean terminal) throws IOException {
        this.engine = engine;
        this.id = id;
        this.terminal = terminal;
        out = new PipedOutputStream(output);
        err = new PipedOutputStream(errors);
        input = new PipedOutputStream(typed);
    }

    static DockerSession start(DockerClient engine, String container, List<String> command, boolean terminal) throws IOException {
        String id = engine.execCreateCmd(container).withAttachStdin(true).withAttachStdout(true).withAttachStderr(true).withTty(terminal)
                .withCmd(command.toArray(String[]::new)).exec().getId();
        DockerSession session = new DockerSession(engine, id, terminal);
        engine.execStartCmd(id).withTty(terminal).withStdIn(session.typed).exec(session.copy);
        return session;
    }

    /** Passes on what the command writes; called by the engine client's thread. */
    private final class Copy extends ResultCallback.Adapter<Frame> {
        @Override
        public void onNext(Frame frame) {
            PipedOutputStream to = frame.getStreamType() == StreamType.STDERR && !terminal ? err : out;
            try {
                to.write(frame.getPayload());
                to.flush();
            } catch (IOException closed) {
                // Nobody reads any more: what is still written is of no use to anybody.
                return;
            }
        }

        @Override
        public void onComplete() {
            end();
            super.onComplete();
        }

        @Override
        public void onError(Throwable failure) {
            end();
            super.onError(failure);
        }

        private void end() {
            try {
                out.close();
                err.close();
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public InputStream errors() {
        return terminal ? InputStream.nullInputStream() : errors;
    }

    @Override
    public OutputStream input() {
        return input;
    }

    @Override
    public void resize(int rows, int columns) {
        if (terminal) {
            try {
                engine.resizeExecCmd(id).withSize(rows, columns).exec();
            } catch (DockerException ended) {
                // A terminal that is going away keeps its size.
                return;
            }
        }
    }

    @Override
    public int await() throws InterruptedException {
        try {
            copy.awaitCompletion();
            Long code = engine.inspectExecCmd(id).exec().getExitCodeLong();
            return code == null ? 1 : code.intValue();
        } catch (RuntimeException e) {
            return 1;
        }
    }

    @Override
    public void close() {
        try {
            input.close();
            copy.close();
            output.close();
            errors.close();
        } catch (IOException closed) {
            return;
        }
    }
}
