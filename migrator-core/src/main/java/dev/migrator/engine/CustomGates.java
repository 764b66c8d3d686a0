package dev.migrator.engine;

import dev.migrator.CustomGate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gates that the application has given by name; one that throws or hangs is not known. */
public final class CustomGates {
    private static final Logger LOG = LoggerFactory.getLogger(CustomGates.class);
    private static final long LIMIT_SECONDS = 5;

    /** None. */
    public static final CustomGates NONE = new CustomGates(Map.of());

    private final Map<String, CustomGate> gates;
    /** Those that have not answered in time and still run, by name. */
    private final Map<String, Thread> late = new ConcurrentHashMap<>();

    private CustomGates(Map<String, CustomGate> gates) {
        this.gates = Map.copyOf(gates);
    }

    /** The same and one more. */
    public CustomGates with(String name, CustomGate gate) {
        Map<String, CustomGate> more = new TreeMap<>(gates);
        more.put(name, gate);
        return new CustomGates(more);
    }

    GateAnswer ask(String name, GateQuestion question) {
        CustomGate gate = gates.get(name);
        if (gate == null) {
            return GateAnswer.unknown("this process does not have the gate " + name
                    + "; run it in the application that gives it (PostgresMigrator.builder(…).gate)");
        }
        Thread before = late.get(name);
        if (before != null && before.isAlive()) {
            return GateAnswer.unknown("the gate " + name + " was asked before and has not answered yet");
        }
        FutureTask<GateAnswer> task =
                new FutureTask<>(() -> gate.ask(question.migration().id(), question.phase()));
        Thread thread = new Thread(task, "migrator gate " + name);
        thread.setDaemon(true);
        thread.start();
        try {
            return Optional.ofNullable(task.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .orElseGet(() -> GateAnswer.unknown("the gate " + name + " has answered null"));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.info(
                    "Gate {} of migration {} has failed",
                    name,
                    question.migration().id(),
                    cause);
            return GateAnswer.unknown("the gate " + name + " has failed: " + cause);
        } catch (TimeoutException e) {
            late.put(name, thread);
            return GateAnswer.unknown("the gate " + name + " has not answered within " + LIMIT_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return GateAnswer.unknown("the gate " + name + " was interrupted");
        } finally {
            task.cancel(true);
        }
    }
}
