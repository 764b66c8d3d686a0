package dev.migrator.pg.internal.backfill;

/**
 * Why a row could not be computed.
 *
 * @param code the server's error code, or the exception's class
 * @param message what was said, without the row's values unless they were asked for
 */
record TransformFailure(String code, String message) {}
