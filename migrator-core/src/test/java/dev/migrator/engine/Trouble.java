package dev.migrator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Weather for one test: counts the messages, and does something to those that the test picks. */
final class Trouble implements Weather {
    private final List<String> messages = new ArrayList<>();
    private final List<Spot> spots = new ArrayList<>();

    /** Something that happens to a message; it may throw. */
    interface Happening {
        void happen(Runnable atServer);
    }

    private record Spot(String prefix, int number, Happening happening) {}

    /** All messages so far. */
    List<String> messages() {
        return messages;
    }

    void forget() {
        messages.clear();
        spots.clear();
    }

    /** Something happens to the message with that number, from 0, of all messages. */
    void at(int number, Happening happening) {
        spots.add(new Spot("", number, happening));
    }

    /** Something happens to every message that begins like this. */
    void at(String prefix, Happening happening) {
        spots.add(new Spot(prefix, -1, happening));
    }

    /** Something is done before every message that begins like this. */
    void before(String prefix, Runnable action) {
        at(prefix, atServer -> {
            action.run();
            atServer.run();
        });
    }

    static Happening refused(ErrorClass errorClass) {
        return atServer -> {
            throw failure(errorClass);
        };
    }

    static Happening answerLost() {
        return atServer -> {
            atServer.run();
            throw failure(ErrorClass.UNKNOWN);
        };
    }

    static Happening crashBefore() {
        return atServer -> {
            throw new SimulatedProcess.Crash();
        };
    }

    static Happening crashAfter() {
        return atServer -> {
            atServer.run();
            throw new SimulatedProcess.Crash();
        };
    }

    static StepFailure failure(ErrorClass errorClass) {
        return new StepFailure(errorClass, "XX000", "it went wrong (" + errorClass + ")", Optional.empty());
    }

    @Override
    public <T> T send(String what, Kind kind, Supplier<T> atServer) {
        int number = messages.size();
        messages.add(what);
        Optional<Spot> spot = spots.stream()
                .filter(candidate ->
                        candidate.number() < 0 ? what.startsWith(candidate.prefix()) : candidate.number() == number)
                .findFirst();
        if (spot.isEmpty()) {
            return atServer.get();
        }
        List<T> answer = new ArrayList<>();
        spot.get().happening().happen(() -> answer.add(atServer.get()));
        return answer.get(0);
    }

    @Override
    public void during(OpenTransaction transaction) {}
}
