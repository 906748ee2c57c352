package muster.template.source;

import java.util.Optional;
import muster.template.dependency.ApiDependency;

/** Follows what an HTTP API answers. Any thread may call. */
public interface Source extends AutoCloseable {
    /** Hears of one dependency, from one thread at a time. */
    interface Receiver {
        /** An answer; empty where the thing does not exist. */
        void answered(Optional<Object> json);

        /** It could not be read and is asked for again. The message holds no secret. */
        void failed(String message);
    }

    /** Follows until the handle is closed. */
    AutoCloseable follow(ApiDependency dependency, Receiver receiver);

    @Override
    void close();
}
