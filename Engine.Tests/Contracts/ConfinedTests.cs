using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The compiler keeps a scope, its chains and their walks on the stack of one thread.</summary>
[Category("Contracts")]
public sealed class ConfinedTests
{
    private static readonly string[] s_types =
        ["MbufScope", "MbufChain", "MbufChain.SegmentEnumerable", "MbufChain.SegmentEnumerator", "MbufPosition", "MbufReader", "MbufWriter"];

    private static readonly string[] s_variables =
    [
        "using MbufScope mbufs = arena.Enter(); Action use = () => mbufs.Dispose();",
        "using MbufScope mbufs = arena.Enter(); using MbufChain packet = mbufs.AllocateMbuf(); Action use = () => packet.Free();",
    ];

    [Test]
    public void Nothing_of_it_is_stored_in_a_field([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([Field], $$"""
            class Holder
            {
                {{type}} _held;
            }
            """);

    [Test]
    public void Nothing_of_it_is_stored_in_a_field_of_a_struct([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([Field], $$"""
            struct Holder
            {
                {{type}} _held;
            }
            """);

    [Test]
    public void Nothing_of_it_is_stored_in_a_static_field([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([Field], $"static {type} s_held;");

    [Test]
    public void Nothing_of_it_is_stored_in_an_array([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([ArrayElement], $"static object Hold() => new {type}[1];");

    [Test]
    public void Nothing_of_it_is_boxed([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([Conversion], $"static object Hold({type} held) => held;");

    [Test]
    public void Nothing_of_it_is_the_argument_of_a_type_that_keeps_it([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([TypeArgument], $"static List<{type}>? Hold() => null;");

    [Test]
    public void A_scope_and_a_chain_are_not_taken_for_an_interface([Values("MbufScope", "MbufChain")] string type)
        => Snippet.IsRefused([Conversion], $"static IDisposable Hold({type} held) => held;");

    [Test]
    public void A_lambda_does_not_capture_a_variable([ValueSource(nameof(s_variables))] string lines)
        => Snippet.IsRefused([CapturedLocal], $$"""
            static void Hold(MbufArena arena)
            {
                {{lines}}
            }
            """);

    [Test]
    public void A_lambda_does_not_capture_a_parameter([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([CapturedParameter], $"static Func<string?> Hold({type} held) => () => held.ToString();");

    [Test]
    public void Another_thread_does_not_get_a_scope() => Snippet.IsRefused([CapturedLocal], """
        static void Hand(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            Task.Run(() => mbufs.AllocateMbuf().Free()).Wait();
        }
        """);

    [Test]
    public void A_scope_is_not_held_across_an_await() => Snippet.IsRefused([AcrossAwaitOrYield], """
        static async Task Hold(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            await Task.Yield();
        }
        """);

    [Test]
    public void A_chain_is_not_held_across_an_await() => Snippet.IsRefused([AcrossAwaitOrYield], """
        static async Task Hold(MbufArena arena, Mbuf handle)
        {
            MbufScope mbufs = arena.Enter();
            MbufChain packet = mbufs.Open(handle);
            await Task.Yield();
            packet.Free();
        }
        """);

    [Test]
    public void A_view_is_not_held_across_an_await() => Snippet.IsRefused([AcrossAwaitOrYield], """
        static async Task<int> Hold(MbufArena arena, Mbuf handle)
        {
            ReadOnlySpan<byte> view = arena.Enter().Open(handle).FirstSpan;
            await Task.Yield();
            return view.Length;
        }
        """);

    [Test]
    public void An_async_method_does_not_take_one([Values("MbufScope", "MbufChain")] string type)
        => Snippet.IsRefused([AsyncParameter], $$"""
        static async Task Hold({{type}} held) => await Task.Yield();
        """);

    [Test]
    public void A_scope_is_not_held_across_a_yield() => Snippet.IsRefused([AcrossAwaitOrYield], """
        static IEnumerable<int> Hold(MbufArena arena)
        {
            using MbufScope mbufs = arena.Enter();
            yield return 1;
            yield return 2;
        }
        """);

    [Test]
    public void A_chain_is_not_held_across_a_yield() => Snippet.IsRefused([AcrossAwaitOrYield], """
        static IEnumerable<int> Hold(MbufArena arena, Mbuf handle)
        {
            MbufScope mbufs = arena.Enter();
            MbufChain packet = mbufs.Open(handle);
            yield return 1;
            packet.Free();
        }
        """);

    [Test]
    public void An_iterator_does_not_keep_one_that_it_was_given([Values("MbufScope", "MbufChain")] string type)
        => Snippet.IsRefused([AcrossAwaitOrYield], $$"""
        static IEnumerable<int> Hold({{type}} held)
        {
            yield return 1;
            held.Dispose();
        }
        """);
}
