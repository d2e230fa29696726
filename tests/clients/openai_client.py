"""OpenAI's own Python client against /v1, configured by OPENAI_BASE_URL and OPENAI_API_KEY alone."""

import asyncio
import json
import sys
import traceback

import openai
from pydantic import BaseModel

client = openai.OpenAI(max_retries=0, timeout=30)

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def tokens(count):
    return "".join(f"t{number} " for number in range(count))


def user(text):
    return [{"role": "user", "content": text}]


@check
def models_are_listed_and_found():
    ids = [model.id for model in client.models.list()]
    assert "mock" in ids and "loopback" in ids, ids
    assert client.models.retrieve("mock").id == "mock"


@check
def an_answer_comes_whole():
    answer = client.chat.completions.create(model="mock", messages=user("hi [[tokens=5]]"))
    assert answer.choices[0].message.content == tokens(5), answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.completion_tokens == 5, answer
    assert answer.model == "mock" and answer.object == "chat.completion", answer


@check
def an_answer_streams_with_usage_at_the_end():
    text, finish, usage = "", None, None
    stream = client.chat.completions.create(
        model="mock",
        messages=user("hi [[tokens=50 rate=200]]"),
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    assert text == tokens(50), text
    assert finish == "stop" and usage.completion_tokens == 50, (finish, usage)


@check
def the_asynchronous_client_streams_too():
    async def read():
        async with openai.AsyncOpenAI(max_retries=0, timeout=30) as other:
            stream = await other.chat.completions.create(
                model="mock", messages=user("hi [[tokens=7]]"), stream=True
            )
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    assert asyncio.run(read()) == tokens(7)


@check
def a_tool_is_called_and_its_result_is_used():
    question = user("weather in Paris?")
    answer = client.chat.completions.create(model="mock-tools", messages=question, tools=[WEATHER])
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls", answer
    assert call.function.name == "get_weather" and "city" in json.loads(call.function.arguments), call
    after = question + [
        answer.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    answer = client.chat.completions.create(model="mock-tools", messages=after, tools=[WEATHER])
    assert answer.choices[0].finish_reason == "stop", answer


@check
def a_tool_call_streams():
    arguments, names, finish = "", [], None
    for chunk in client.chat.completions.create(
        model="mock-tools", messages=user("weather?"), tools=[WEATHER], stream=True
    ):
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                names += [call.function.name] if call.function.name else []
                arguments += call.function.arguments or ""
    assert names == ["get_weather"] and "city" in json.loads(arguments), (names, arguments)
    assert finish == "tool_calls", finish


@check
def an_answer_fits_a_schema():
    class City(BaseModel):
        name: str
        people: int

    answer = client.chat.completions.parse(model="mock", messages=user("a city"), response_format=City)
    assert isinstance(answer.choices[0].message.parsed, City), answer


@check
def an_image_reaches_the_model():
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    content = [
        {"type": "text", "text": "what is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{pixel}"}},
    ]
    answer = client.chat.completions.create(model="mock", messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content.startswith("images=1 "), answer


@check
def a_limit_reaches_the_model():
    answer = client.chat.completions.create(model="mock", messages=user("hi"), max_tokens=3)
    assert answer.choices[0].message.content == tokens(3), answer
    assert answer.choices[0].finish_reason == "length", answer


@check
def texts_become_vectors():
    answer = client.embeddings.create(model="mock-embed", input=["one text", "another text"])
    assert [len(item.embedding) for item in answer.data] == [64, 64], answer
    plain = client.embeddings.create(model="mock-embed", input="one text", encoding_format="float")
    assert all(abs(a - b) < 1e-6 for a, b in zip(plain.data[0].embedding, answer.data[0].embedding)), "base64 differs"


@check
def a_response_comes_whole():
    answer = client.responses.create(model="mock", input="hi [[tokens=5]]")
    assert answer.output_text == tokens(5), answer
    assert answer.status == "completed" and answer.usage.output_tokens == 5, answer


@check
def a_response_streams():
    text, kinds = "", []
    for event in client.responses.create(model="mock", input="hi [[tokens=9]]", stream=True):
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
    assert text == tokens(9), text
    assert kinds[0] == "response.created" and kinds[-1] == "response.completed", kinds


@check
def faults_have_the_type_that_the_client_knows():
    def fails(kind, call):
        try:
            call()
        except kind as error:
            return error
        raise AssertionError(f"no {kind.__name__}")

    error = fails(
        openai.NotFoundError, lambda: client.chat.completions.create(model="no-such-model", messages=user("hi"))
    )
    assert error.code == "model_not_found", error.body
    stranger = openai.OpenAI(api_key="sk-wrong", max_retries=0)
    fails(openai.AuthenticationError, lambda: stranger.models.list())
    fails(openai.BadRequestError, lambda: client.chat.completions.create(model="mock", messages=[]))
    fails(
        openai.APIStatusError,
        lambda: client.chat.completions.create(model="mock", messages=user("[[status=400]]")),
    )


@check
def a_reader_that_leaves_harms_nobody():
    stream = client.chat.completions.create(model="mock-slow", messages=user("hi"), stream=True)
    next(iter(stream))
    stream.close()
    an_answer_comes_whole()


def main():
    failed = 0
    for one in CHECKS:
        try:
            one()
            print(f"ok      {one.__name__}", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {one.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"openai {openai.__version__} (Python): {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
