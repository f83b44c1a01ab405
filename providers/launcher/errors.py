"""A server whose errors reach the engine as they are, without grpc's own words ("Exception calling application") before them."""

from collections.abc import Callable
from typing import Any

import grpc

_server = grpc.server


class PlainErrors(grpc.ServerInterceptor):  # type: ignore[misc]
    """Hands the text of an exception to the engine; pulumi.dynamic's own answers stay as they are."""

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: Any, context: Any) -> Any:
            try:
                return handler.unary_unary(request, context)
            except NotImplementedError:
                raise
            except Exception as problem:  # noqa: BLE001 - whatever it is, its text is for the operator
                return context.abort(grpc.StatusCode.UNKNOWN, str(problem) or type(problem).__name__)

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


def plain_server(*arguments: Any, **options: Any) -> Any:
    """Stand in for `grpc.server`."""
    return _server(*arguments, interceptors=[PlainErrors()], **options)
