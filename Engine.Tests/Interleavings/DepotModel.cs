namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>MagazineStack: three threads that pop magazines and push them, one of them under another's eyes.</summary>
internal static class DepotModel
{
    private const int Magazines = 3;

    /// <summary>The head: the number of the magazine on top, from 1, and above it the tag.</summary>
    private const int TagUnit = Magazines + 1;

    public static Model Build(Guard? without)
    {
        var model = new Model(without);
        var stack = new Stack(model);
        model.Thread("first", script =>
        {
            Local mine = stack.Pop(script);
            stack.Push(script, mine);
        });
        model.Thread("second", script =>
        {
            Local top = stack.Pop(script);
            Local below = stack.Pop(script);
            stack.Push(script, top);
            stack.Push(script, below);
        });
        model.Thread("third", script => stack.Pop(script));
        model.Finally("Each magazine is in the stack once, or with one thread.", stack.IsWhole);
        return model;
    }

    private sealed class Stack(Model model)
    {
        /// <summary>At the start all magazines lie on each other, the third on top.</summary>
        private readonly Word _head = model.Word("head", Magazines);
        private readonly Word[] _below = model.Words("below", 0, 0, 1, 2);

        /// <summary>What a magazine holds: its own number, as it is filled by the thread that pushes it.</summary>
        private readonly Word[] _rounds = model.Words("rounds", 0, 1, 2, 3);

        /// <summary>Who has it: 0 the stack, else the number of the thread plus 1.</summary>
        private readonly Word[] _holder = model.Words("holder", 0, 0, 0, 0);

        private readonly int _tagStep = model.Has(Guard.HeadHasTag) ? 1 : 0;

        /// <summary>TryPop: the register is 0 if the stack is empty.</summary>
        public Local Pop(Script script)
        {
            Local top = script.Local("top");
            Local head = script.Local("head");
            Local below = script.Local("below");
            Local seen = script.Local("seen");
            script.Loop(() =>
            {
                script.Load(_head, head);
                script.Do(machine => machine[top] = machine[head] % TagUnit);
                script.If(top.Is(0), script.Break);
                script.Load(_below, top, below);
                script.CompareExchange(_head, Successor(head, below), head, seen);
                script.If(machine => machine[seen] == machine[head], () =>
                {
                    script.Do(machine => Take(machine, machine[top]));
                    script.Load(_rounds, top, seen);
                    script.Assert("Who pops a magazine sees its rounds.", machine => machine[seen] == machine[top]);
                    script.Store(_rounds, top, 0);
                    script.Break();
                });
            });
            return top;
        }

        public void Push(Script script, Local magazine)
        {
            Local head = script.Local("head");
            Local seen = script.Local("seen");
            script.If(magazine.IsNot(0), () =>
            {
                script.Store(_rounds, magazine, magazine);
                script.Loop(() =>
                {
                    script.Load(_head, head);
                    script.Do(machine => machine[seen] = machine[head] % TagUnit);
                    script.Store(_below, magazine, seen);
                    script.CompareExchange(_head, Successor(head, magazine), head, seen, Guard.PushIsFence);
                    script.If(machine => machine[seen] == machine[head], () =>
                    {
                        script.Do(machine => machine[_holder[machine[magazine]]] = 0);
                        script.Break();
                    });
                });
            });
        }

        public bool IsWhole(Machine machine)
        {
            int[] places = new int[Magazines + 1];
            for (int id = machine[_head] % TagUnit; id != 0; id = machine[_below[id]])
            {
                if (places[id]++ > 0)
                {
                    return false;
                }
            }

            for (int id = 1; id <= Magazines; id++)
            {
                places[id] += machine[_holder[id]] == 0 ? 0 : 1;
            }

            return places.Skip(1).All(static count => count == 1);
        }

        private Operand Successor(Local head, Local id)
            => new(machine => (((machine[head] / TagUnit) + _tagStep) * TagUnit) + machine[id]);

        private void Take(Machine machine, int id)
        {
            if (machine[_holder[id]] != 0)
            {
                machine.Fail("A magazine has one holder.");
            }

            machine[_holder[id]] = machine.Thread + 1;
        }
    }
}
