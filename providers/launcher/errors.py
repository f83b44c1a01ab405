"""A server whose errors reach the engine as one line without traceback, without key and without grpc's own words."""

from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime.proto.provider_pb2 import DiffRequest, DiffResponse

from providers.launcher.named_differences import with_names
from providers.launcher.old_inputs import with_old_inputs
from providers.redaction import redacted_line

_server = grpc.server


def _failure(problem: BaseException) -> BaseException | None:
    """Return what made a call fail, or nothing where the SDK has ended the call with an answer of its own.

    The SDK catches errors from 3.260 on, and ends the call by grpc's `abort` with the traceback as the answer. `abort`
    raises an `Exception` without text, and the context of that `Exception` is what the SDK caught.
    """
    aborted = type(problem) is Exception and not problem.args
    return problem.__context__ if aborted else problem


class PlainErrors(grpc.ServerInterceptor):  # type: ignore[misc]
    """Hands the text of an exception to the engine, with every SDK that the project allows."""

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        """Return the handler of a call, with its errors as one line each."""
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: Any, context: Any) -> Any:
            try:
                asked = with_old_inputs(request) if isinstance(request, DiffRequest) else request
                response = handler.unary_unary(asked, context)
                return with_names(request, response) if isinstance(response, DiffResponse) else response
            except Exception as problem:
                failure = _failure(problem)
                if failure is None:
                    raise
                # The engine asks whether a call is implemented at all, and goes by the code.
                missing = isinstance(failure, NotImplementedError)
                code = grpc.StatusCode.UNIMPLEMENTED if missing else grpc.StatusCode.UNKNOWN
                return context.abort(code, redacted_line(str(failure)) or type(failure).__name__)

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


def plain_server(*arguments: Any, **options: Any) -> Any:
    """Stand in for `grpc.server`."""
    return _server(*arguments, interceptors=[PlainErrors()], **options)
